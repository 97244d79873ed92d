import { describe, expect, it } from '@jest/globals'
import { surprises, transcript } from './report.js'
import { openProbedAccount } from './testing/probed-account.js'

/** Some of the questions. The longer tier asks all of them. */
const some = ['v5PublishQos1Denied', 'v3SubscribeDenied', 'userIdOverMqtt', 'sourceFunctionArn', 'credentialExpiry']

describe('the probe', () => {
  it('finds exactly the changed switches, leaves nothing, and shows nothing of the account', async () => {
    await using account = await openProbedAccount({
      switches: { v3SubscribeDenied: 'suback-0x80', credentialExpiry: 'deny' },
    })
    const { answers } = await account.probe({ only: some })
    expect(answers.map(({ question, answer, failure }) => [question.name, answer ?? failure])).toHaveLength(some.length)
    expect(answers.filter(({ answer }) => answer === undefined)).toEqual([])
    expect(
      surprises(answers)
        .map(({ question, answer }) => [question.name, answer])
        .sort(),
    ).toEqual([
      ['credentialExpiry', 'deny'],
      ['v3SubscribeDenied', 'suback-0x80'],
    ])
    expect(account.aws.stacks).toEqual([])
    const text = transcript(answers, account.aws.region)
    expect(text).toContain('✗ v3SubscribeDenied: suback-0x80 (default of the stand-in: close)')
    expect(text).not.toMatch(/A[KS]IA|AROA|\d{12}|probe-[0-9a-f]{8}|localhost/u)
  })

  it('finds no difference with the default switches', async () => {
    await using account = await openProbedAccount()
    const { answers } = await account.probe({ only: some })
    expect(answers.map(({ answer }) => answer)).not.toContain(undefined)
    expect(surprises(answers)).toEqual([])
  })

  it('asks before the deployment, with the account ID', async () => {
    await using account = await openProbedAccount()
    const asked: string[] = []
    const agreed = async ({ accountId }: { accountId: string }) => {
      asked.push(accountId)
      return false
    }
    await expect(account.probe({ agreed })).rejects.toMatchObject({
      code: 'no_account',
      message: 'Nothing was deployed',
    })
    expect([asked, account.aws.stacks]).toEqual([['123456789012'], []])
  })

  it('deletes its stack after Ctrl-C, during the deployment and during the questions', async () => {
    await using account = await openProbedAccount()
    for (const when of [/CREATE_IN_PROGRESS|Deploying/u, /✓/u]) {
      const stop = new AbortController()
      const say = (line: string) => {
        if (when.test(line)) stop.abort()
      }
      const stopped = account.probe({ only: some, say, signal: stop.signal })
      await expect(stopped).rejects.toMatchObject({ code: 'aborted' })
      expect(account.aws.stacks).toEqual([])
    }
  })

  it('reports the missing permission if it cannot deploy', async () => {
    await using account = await openProbedAccount()
    const denied = (Action: string) => {
      const all = { Effect: 'Allow', Action: '*', Resource: '*' }
      const Statement = [all, { Effect: 'Deny', Action, Resource: '*' }]
      return account.aws.createUser(Action.replace(':', '-'), { Version: '2012-10-17', Statement })
    }
    const nobody = denied('cloudformation:CreateStack')
    await expect(account.probe({ target: { ...account.target, keys: async () => nobody } })).rejects.toMatchObject({
      code: 'not_deployed',
      message: expect.stringContaining('not authorized'),
    })
    expect(account.aws.stacks).toEqual([])
  })

  it('continues after a failed question', async () => {
    await using account = await openProbedAccount()
    const { accessKeyId, secretAccessKey } = account.aws.createUser('limited', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'lambda:InvokeFunction', Resource: '*' },
      ],
    })
    const target = { ...account.target, keys: async () => ({ accessKeyId, secretAccessKey }) }
    const { answers } = await account.probe({ target, only: some })
    expect(answers.filter(({ answer }) => answer === undefined)).toMatchObject([
      { question: { name: 'sourceFunctionArn' }, failure: expect.stringContaining('Lambda responded with 403') },
    ])
    expect(account.aws.stacks).toEqual([])
  })
})
