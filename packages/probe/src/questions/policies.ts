import type { ProbeAccount } from '../account.js'
import { allow, type Question } from './question.js'

/** Whether a session with these statements is allowed to publish to a topic, according to the PUBACK of MQTT 5. */
async function mayPublish(account: ProbeAccount, topic: string, publish: readonly object[]): Promise<boolean> {
  const clientId = account.name('policy')
  const policy = [...allow(account, { Connect: [`client/${clientId}`] }), ...publish]
  const client = await account.connected(policy, clientId)
  client.publish(topic)
  return isAccepted(await client.settle())
}

/** Whether the first packet acknowledges a publish. */
export function isAccepted([first = '']: readonly string[]): boolean {
  return first === 'puback-0x00' || first === 'puback-0x10'
}

/** Tests a condition that must match and one that must not: with the first alone, a condition that AWS ignores would pass. */
function condition(holds: object, fails: object): Question['ask'] {
  return async (account, note) => {
    const topic = `${account.prefix}-condition`
    const under = async (Condition: object) => {
      const [statement] = allow(account, { Publish: [`topic/${topic}`] })
      return mayPublish(account, topic, [{ ...statement, Condition }])
    }
    const [allowed, refused] = [await under(holds), !(await under(fails))]
    note(`allowed where it holds: ${allowed}, refused where it does not: ${refused}`)
    return allowed && refused ? 'supplied' : 'not supplied'
  }
}

export const policies: readonly Question[] = [
  {
    name: 'userIdOverMqtt',
    about: 'Does AWS IoT supply aws:userid to policies over MQTT? Revocation depends on it.',
    expected: 'supplied',
    ask: condition({ StringLike: { 'aws:userid': '*:probe' } }, { StringLike: { 'aws:userid': '*:another-user' } }),
  },
  {
    name: 'tokenIssueTimeOverMqtt',
    about: 'Does AWS IoT supply aws:TokenIssueTime to policies over MQTT? Sign-out and undo depend on it.',
    expected: 'supplied',
    ask: condition(
      { DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:00Z' } },
      { DateLessThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:00Z' } },
    ),
  },
  {
    name: 'wildcardResourceType',
    about: 'Does IAM support a wildcard in place of a resource type? The dense form depends on it.',
    expected: 'matches',
    async ask(account, note) {
      const topic = `${account.prefix}-dense`
      const [, partition, , region, accountId] = account.arn('').split(':')
      const statement = {
        Effect: 'Allow',
        Action: 'iot:Publish',
        Resource: `arn:${partition}:iot:${region}:${accountId}:*/${topic}`,
      }
      const [matches, others] = [
        await mayPublish(account, topic, [statement]),
        await mayPublish(account, `${topic}-other`, [statement]),
      ]
      note(`the topic: ${matches}, another: ${others}`)
      return matches && !others ? 'matches' : 'does not match'
    },
  },
  {
    name: 'literalStar',
    about: 'Does ${*} match only the character * at AWS IoT?',
    expected: 'a star',
    async ask(account, note) {
      const prefix = `${account.prefix}-star/`
      const statements = allow(account, { Publish: [`topic/${prefix}\${*}`] })
      const [star, other] = [
        await mayPublish(account, `${prefix}*`, statements),
        await mayPublish(account, `${prefix}a`, statements),
      ]
      note(`a star: ${star}, another name: ${other}`)
      return star ? (other ? 'anything' : 'a star') : 'nothing'
    },
  },
  {
    name: 'escapedCharacters',
    about: 'Does STS accept a policy with characters above U+00FF that are written as \\uXXXX?',
    expected: 'accepted',
    async ask(account, note) {
      const clientId = account.name('escaped')
      const topic = `${account.prefix}-\u20ac`
      const rights = allow(account, { Connect: [`client/${clientId}`], Publish: [`topic/${topic}`] })
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: rights }).replace('\u20ac', '\\u20ac')
      try {
        const client = await account.connected(policy, clientId)
        client.publish(topic)
        const seen = await client.settle()
        note(seen.join(', '))
        return isAccepted(seen) ? 'accepted' : 'accepted, but does not match'
      } catch (error) {
        note(`${(error as Error).name}: ${(error as Error).message}`)
        return 'refused'
      }
    },
  },
]
