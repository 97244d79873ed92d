import type { ProbeAccount } from '../account.js'
import type { Question } from './question.js'

/** Hexadecimal digits without repeated sequences, the same in each run, so that sizes can be compared. */
function digits(count: number, seed: number): string {
  let text = ''
  for (let state = seed; text.length < count; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    text += state.toString(16)
  }
  return text.slice(0, count)
}

/** A policy that allows publishing to this number of topics of 32 digits. */
function topicsPolicy(topics: number): object[] {
  const Resource = Array.from({ length: topics }, (_, index) => `arn:aws:iot:*:*:topic/${digits(32, index + 1)}`)
  return [{ Effect: 'Allow', Action: 'iot:Publish', Resource }]
}

/** The two estimates of the stand-in for {@link topicsPolicy} with this number of topics, in percent; STS refuses more than 100. */
const estimates = { topics: 8, low: 57, high: 69 } as const

async function size(
  account: ProbeAccount,
  topics: number,
  policyArns?: readonly string[],
): Promise<number | undefined> {
  const request = { policy: topicsPolicy(topics), ...(policyArns === undefined ? {} : { policyArns }) }
  return (await account.assume(request)).packedPolicySize
}

export const sts: readonly Question[] = [
  {
    name: 'packedPolicy',
    about: 'How large is the packed size of a policy? The stand-in has a high and a low estimate.',
    expected: 'high',
    async ask(account, note) {
      for (let topics = 2; topics <= 30; topics += 2) {
        try {
          note(`${topics} topics of 32 digits: ${(await size(account, topics)) ?? 'no'} %`)
        } catch (error) {
          note(`${topics} topics of 32 digits: ${(error as Error).name}`)
          break
        }
      }
      const percent = await size(account, estimates.topics)
      if (percent === undefined) return 'off'
      const { low, high } = estimates
      if (percent < low - 5 || percent > high + 5) return `${percent} %, where the estimates say ${low} to ${high}`
      return percent > (low + high) / 2 ? 'high' : 'low'
    },
  },
  {
    name: 'managedSessionPolicies',
    about: 'Do managed policies that are passed by ARN count for the packed size?',
    expected: 'they count',
    async ask(account, note) {
      const [without, managed] = [await size(account, 2), await size(account, 2, [account.output('Attached')])]
      note(`without: ${without ?? 'no'} %, with one: ${managed ?? 'no'} %`)
      if (without === undefined || managed === undefined) return 'STS returns no size'
      return managed > without ? 'they count' : 'they do not count'
    },
  },
  {
    name: 'explicitDenySentence',
    about: 'Does the message of STS for an explicit Deny name an identity-based policy?',
    expected: 'explicit deny in an identity-based policy',
    async ask(account, note) {
      const sentence = await account.refusal(await account.become('Denied'), 'Probed')
      note(sentence)
      return /explicit deny in an identity-based policy/u.exec(sentence)?.[0] ?? sentence
    },
  },
  {
    name: 'sourceFunctionArn',
    about: "Does Lambda supply lambda:SourceFunctionArn to the function's call of sts:AssumeRole?",
    expected: 'supplied',
    async ask(account, note) {
      const roles = { plain: account.output('Plain'), conditional: account.output('Conditional') }
      const { plain, conditional } = (await account.invoke({ roles })) as { plain: number; conditional: number }
      note(`without a condition: HTTP ${plain}, with it: HTTP ${conditional}`)
      if (plain !== 200) throw new Error(`STS refuses the function even the role without a condition: HTTP ${plain}`)
      return conditional === 200 ? 'supplied' : 'not supplied'
    },
  },
]
