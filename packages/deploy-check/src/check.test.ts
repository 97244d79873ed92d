import { describe, expect, it } from '@jest/globals'
import { check } from './check.js'
import { allowed, refused, undecided } from './trials/outcome.js'
import { DeployCheckError, line, type TrialResult } from './trials/trial-result.js'

const passing: TrialResult = { trial: 'connect', expected: 'allowed', outcome: allowed }
const notYet: TrialResult = { trial: 'connect', expected: 'allowed', outcome: undecided('getaddrinfo ENOTFOUND') }
const denied: TrialResult = { trial: 'connect', expected: 'allowed', outcome: refused('0x87') }
const tooPermissive: TrialResult = { trial: 'publish to b', expected: 'refused', outcome: allowed }

/** Runs the check with these rounds, repeating the last one. @returns the seconds that passed on the test's clock */
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
    report: (_, pause) => told.push(pause),
  })
  const outcome = await result.then(
    () => 'passed',
    (error: unknown) => error,
  )
  return { outcome, seconds: now / 1000, rounds: round, told }
}

describe('check', () => {
  it('passes immediately if all trials pass', async () => {
    expect(await run([[passing]])).toEqual({ outcome: 'passed', seconds: 0, rounds: 1, told: [] })
  })

  it('passes with a failed optional trial, and prints its consequence', async () => {
    const optional: TrialResult = { ...denied, optional: 'disable the form with -c dense=off' }
    expect(await run([[passing, optional]])).toEqual({ outcome: 'passed', seconds: 0, rounds: 1, told: [] })
    expect(line(optional)).toBe('! connect: refused (0x87), expected allowed; disable the form with -c dense=off')
    expect(line({ ...optional, outcome: allowed })).toBe('✓ connect: allowed')
    // A trial that is too permissive is never optional.
    const wide = { ...tooPermissive, optional: 'nothing' }
    expect((await run([[wide]])).outcome).toBeInstanceOf(DeployCheckError)
  })

  it('retries a trial that does not work yet', async () => {
    expect(await run([[notYet], [denied], [passing]])).toMatchObject({ outcome: 'passed', seconds: 6, rounds: 3 })
  })

  it('retries the first connection of a new account almost until its timeout', async () => {
    const { outcome, seconds } = await run([[denied]])
    expect(outcome).toBeInstanceOf(DeployCheckError)
    expect(seconds).toBeGreaterThan(700)
    expect(seconds).toBeLessThanOrEqual(780)
  })

  it('retries a trial that is too permissive only until a policy change must have taken effect', async () => {
    expect(await run([[tooPermissive], [passing]])).toMatchObject({ outcome: 'passed', seconds: 2 })
    const { outcome, seconds } = await run([[passing, tooPermissive]])
    expect(outcome).toMatchObject({ message: expect.stringContaining('✗ publish to b: allowed, must be refused') })
    expect(seconds).toBeGreaterThan(60)
    expect(seconds).toBeLessThanOrEqual(120)
  })

  it('does not wait if changes take effect immediately', async () => {
    expect(await run([[notYet]], { spreading: 0 })).toMatchObject({
      outcome: expect.any(DeployCheckError),
      seconds: 0,
      rounds: 1,
    })
  })

  it('does not accept a missing response, neither for a grant nor for a refusal', async () => {
    const silent: TrialResult = { trial: 'publish to b', expected: 'refused', outcome: undecided('no answer') }
    expect((await run([[silent]])).outcome).toBeInstanceOf(DeployCheckError)
    expect((await run([[notYet]])).outcome).toBeInstanceOf(DeployCheckError)
  })
})

describe('DeployCheckError', () => {
  it('lists the failed trials only', () => {
    const { message, stack } = new DeployCheckError([passing, tooPermissive])
    expect(message).toBe(
      'This deployment would grant more than the entitlements allow: 1 of 2 checks failed.\n✗ publish to b: allowed, must be refused',
    )
    expect(stack).toBe('')
  })

  it('lists each failed trial with its response', () => {
    expect(new DeployCheckError([denied, passing]).message).toBe(
      'This deployment does not work: 1 of 2 checks failed.\n✗ connect: refused (0x87), must be allowed',
    )
  })

  it('fits the limit of CloudFormation', () => {
    const long: TrialResult = { ...tooPermissive, trial: 'x'.repeat(5_000) }
    expect(new DeployCheckError([long]).message.length).toBeLessThan(3_000)
  })
})
