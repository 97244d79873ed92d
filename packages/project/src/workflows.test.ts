import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = `${root}.github/workflows`
const files = [...readdirSync(folder).map((name) => `${folder}/${name}`), `${root}docs/ci.md`]
const uses = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/uses: (?<action>[^@\s]+)@(?<pin>.+)$/gmu)].map(({ groups }) => ({
    action: groups?.action?.split('/').slice(0, 2).join('/') ?? '',
    pin: groups?.pin ?? '',
  })),
)

/** A job with an old major version of an action fails when the runners drop its Node.js, so all jobs use the same version. */
it('every action is pinned by commit, with one version in all workflows and in the documentation', () => {
  expect(uses.length).toBeGreaterThan(12)
  for (const { action, pin } of uses) {
    expect({ action, pin }).toEqual({ action, pin: expect.stringMatching(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/u) })
  }
  const pins = new Map(uses.map(({ action, pin }) => [action, pin]))
  expect(uses.filter(({ action, pin }) => pins.get(action) !== pin)).toEqual([])
})
