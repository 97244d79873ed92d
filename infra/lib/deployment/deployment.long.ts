import { describe, expect, it, jest } from '@jest/globals'
import { Assembly, synthesize } from '../testing/assembly.js'
import { expectFound, foundChanges } from '../testing/found-changes.js'
import { alwaysSound, expectSound, soundSettings } from '../testing/sound-settings.js'

/** The settings and changes that `deployment.test.ts` leaves to the longer tier, in the same way. */

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

describe('a sound stack', () => {
  it.each(soundSettings.filter(([name]) => !alwaysSound.has(name)))(
    '%s is deployed, with at least six refusals proved',
    expectSound,
  )

  it('is deployed where IAM does not match wildcards in place of a resource type: the dense form allows nothing, and the check reports it', async () => {
    const said = await new Assembly(synthesize('wild-types')).deploy({ typeWildcards: 'never' })
    const [usual, dense] = [false, true].map((isDense) =>
      said.filter((line) => line.includes('dense form') === isDense),
    )
    expect(usual).not.toContainEqual(expect.stringMatching(/^!/u))
    for (const form of ['publish to', 'short form: publish to']) {
      expect(usual).toContainEqual(expect.stringMatching(new RegExp(`^✓ ${form} .*: allowed$`, 'u')))
    }
    const tooLittle = dense?.filter((line) => line.startsWith('!')) ?? []
    for (const what of ['publish to', 'subscribe to']) {
      const line = `^! dense form: ${what} .*: refused .*; users with that many topics get too few permissions; disable the form with -c dense=off$`
      expect(tooLittle).toContainEqual(expect.stringMatching(new RegExp(line, 'u')))
    }
    // Nothing that it grants is allowed, and its refusals stay.
    expect(dense).toContainEqual(expect.stringMatching(/^✓ dense form: publish to .*: refused/u))
    expect(dense).not.toContainEqual(expect.stringMatching(/^✓ dense form: (publish|subscribe|receive) .*: allowed/u))
  })

  it('has a dense form that works, where IAM takes one', async () => {
    const said = await new Assembly(synthesize('wild-types')).deploy()
    expect(said).toContainEqual(expect.stringMatching(/^✓ dense form: publish to .*: allowed$/u))
    expect(said).not.toContainEqual(expect.stringMatching(/^!/u))
  })
})

describe('a deployment fails', () => {
  it.each(foundChanges.filter(({ always }) => !always))('$name', (one) => expectFound(synthesize('sound'), one))
})
