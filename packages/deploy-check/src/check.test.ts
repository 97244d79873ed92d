import { describe, expect, it } from '@jest/globals'
import { check } from './check.js'
import { allowed, refused, undecided } from './trials/outcome.js'
import { DeployCheckError, line, type TrialResult } from './trials/trial-result.js'

const passing: TrialResult = { trial: 'connect', expected: 'allowed', outcome: allowed }
const notYet: TrialResult = { trial: 'connect', expected: 'allowed', outcome: undecided('getaddrinfo ENOTFOUND') }
const denied: TrialResult = { trial: 'connect', expected: 'allowed', outcome: refused('0x87') }
const tooPermissive: TrialResult = { trial: 'publish to b', expected: 'refused', outcome: allowed }

/** Runs the check against these rounds, the last one for ever; answers how many seconds passed on the driven clock. */
async function run(rounds: readonly (readonly TrialResult[])[], { spreading = 120_000, total = 840_000 } = {}) {
  let now = 0
  let round = 0
  const told: number[] = []
  const result = check(async () => rounds[Math.min(round++, rounds.length - 1)] ?? [], {
    remaining: () => total - now,
    spreading,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
    tell: (_, pause) => told.push(pause),
  })
  const outcome = await result.then(
    () => 'passed',
    (error: unknown) => error,
  )
  return { outcome, seconds: now / 1000, rounds: round, told }
}

describe('check', () => {
  it('passes at once when everything does', async () => {
    expect(await run([[passing]])).toEqual({ outcome: 'passed', seconds: 0, rounds: 1, told: [] })
  })

  it('passes with what is optional and refused, and says what that means', async () => {
    const optional: TrialResult = { ...denied, optional: 'disable the form with -c dense=off' }
    expect(await run([[passing, optional]])).toEqual({ outcome: 'passed', seconds: 0, rounds: 1, told: [] })
    expect(line(optional)).toBe('! connect: refused (0x87), expected allowed; disable the form with -c dense=off')
    expect(line({ ...optional, outcome: allowed })).toBe('✓ connect: allowed')
    // Too much is never optional.
    const wide = { ...tooPermissive, optional: 'nothing' }
    expect((await run([[wide]])).outcome).toBeInstanceOf(DeployCheckError)
  })

  it('waits for what does not work yet', async () => {
    expect(await run([[notYet], [denied], [passing]])).toMatchObject({ outcome: 'passed', seconds: 6, rounds: 3 })
  })

  it('waits for a new account’s first connection nearly as long as it may run', async () => {
    const { outcome, seconds } = await run([[denied]])
    expect(outcome).toBeInstanceOf(DeployCheckError)
    expect(seconds).toBeGreaterThan(700)
    expect(seconds).toBeLessThanOrEqual(780)
  })

  it('waits for a narrower policy to spread, and no longer', async () => {
    expect(await run([[tooPermissive], [passing]])).toMatchObject({ outcome: 'passed', seconds: 2 })
    const { outcome, seconds } = await run([[passing, tooPermissive]])
    expect(outcome).toMatchObject({ message: expect.stringContaining('✗ publish to b: allowed, must be refused') })
    expect(seconds).toBeGreaterThan(60)
    expect(seconds).toBeLessThanOrEqual(120)
  })

  it('does not wait where everything is in force at once', async () => {
    expect(await run([[notYet]], { spreading: 0 })).toMatchObject({
      outcome: expect.any(DeployCheckError),
      seconds: 0,
      rounds: 1,
    })
  })

  it('takes no answer for no proof: neither of a grant nor of a refusal', async () => {
    const silent: TrialResult = { trial: 'publish to b', expected: 'refused', outcome: undecided('no answer') }
    expect((await run([[silent]])).outcome).toBeInstanceOf(DeployCheckError)
    expect((await run([[notYet]])).outcome).toBeInstanceOf(DeployCheckError)
  })
})

describe('DeployCheckError', () => {
  it('says what was allowed, and leaves out what passed', () => {
    const { message, stack } = new DeployCheckError([passing, tooPermissive])
    expect(message).toBe(
      'This deployment would grant more than the entitlements allow: 1 of 2 checks failed.\n✗ publish to b: allowed, must be refused',
    )
    expect(stack).toBe('')
  })

  it('says what does not work, and how it was answered', () => {
    expect(new DeployCheckError([denied, passing]).message).toBe(
      'This deployment does not work: 1 of 2 checks failed.\n✗ connect: refused (0x87), must be allowed',
    )
  })

  it('fits what CloudFormation takes', () => {
    const long: TrialResult = { ...tooPermissive, trial: 'x'.repeat(5_000) }
    expect(new DeployCheckError([long]).message.length).toBeLessThan(3_000)
  })
})
