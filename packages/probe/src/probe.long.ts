import { describe, expect, it } from '@jest/globals'
import { switchDefinitions } from '@topic-credentials/local-aws/switches'
import { surprises } from './report.js'
import { openProbedAccount } from './testing/probed-account.js'

const names = Object.keys(switchDefinitions) as (keyof typeof switchDefinitions)[]

/** The last value of every switch of this half. */
function turned(half: 0 | 1): Record<string, string> {
  const chosen = names.filter((_, index) => index % 2 === half)
  return Object.fromEntries(chosen.map((name) => [name, String(switchDefinitions[name].values.at(-1))]))
}

describe('the whole probe', () => {
  it('finds the defaults of the stand-in, with a question for every switch', async () => {
    await using account = await openProbedAccount()
    const { answers } = await account.probe()
    expect(answers.filter(({ answer }) => answer === undefined)).toEqual([])
    expect(surprises(answers).map(({ question, answer }) => [question.name, answer])).toEqual([])
    expect(answers.map(({ question }) => question.name)).toEqual(expect.arrayContaining(names))
  })

  it.each([0, 1] as const)('finds exactly the changed switches, half %i', async (half) => {
    const switches = turned(half)
    await using account = await openProbedAccount({ switches, packedPolicy: half === 0 ? 'low' : 'high' })
    const { answers } = await account.probe()
    expect(answers.filter(({ answer }) => answer === undefined)).toEqual([])
    const found = surprises(answers).map(({ question, answer }) => [question.name, answer])
    expect(Object.fromEntries(found)).toEqual({ ...switches, ...(half === 0 ? { packedPolicy: 'low' } : {}) })
  })

  it('finds policies that do not take effect in time', async () => {
    await using account = await openProbedAccount()
    account.aws.faults.iam.lagPolicies(0, { iot: 3_600_000 })
    const { answers } = await account.probe({ only: ['roleChange'] })
    expect(answers).toMatchObject([{ answer: 'neither stops' }])
  })
})
