import type { ProbeAccount } from '../account.js'
import { allow, type Question } from './question.js'

/** Whether a session with these statements, and those to connect, may publish there, by the PUBACK of MQTT 5. */
async function mayPublish(account: ProbeAccount, topic: string, publish: readonly object[]): Promise<boolean> {
  const clientId = account.name('policy')
  const policy = [...allow(account, { Connect: [`client/${clientId}`] }), ...publish]
  const client = await account.open(await account.assume({ policy }))
  await client.connect({ clientId })
  client.publish(topic)
  const seen = await client.settle()
  return seen[0] === 'puback-0x00' || seen[0] === 'puback-0x10'
}

/** A condition that must hold, beside one that must not: without the second a key that is not looked at would pass. */
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
    about: 'Does AWS IoT supply aws:userid to policies over MQTT? Revocation rests on it.',
    expected: 'supplied',
    ask: condition({ StringLike: { 'aws:userid': '*:probe' } }, { StringLike: { 'aws:userid': '*:somebody-else' } }),
  },
  {
    name: 'tokenIssueTimeOverMqtt',
    about: 'Does AWS IoT supply aws:TokenIssueTime to policies over MQTT? Sign-out and undo rest on it.',
    expected: 'supplied',
    ask: condition(
      { DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:00Z' } },
      { DateLessThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:00Z' } },
    ),
  },
  {
    name: 'wildcardResourceType',
    about: 'Does IAM take a wildcard in the place of a resource type? The dense form rests on it.',
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
    about: 'Does ${*} stand for a star at AWS IoT, and for nothing else?',
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
    about: 'Does STS take a policy with characters above U+00FF that are written as \\uXXXX?',
    expected: 'taken',
    async ask(account, note) {
      const clientId = account.name('escaped')
      const topic = `${account.prefix}-\u20ac`
      const rights = allow(account, { Connect: [`client/${clientId}`], Publish: [`topic/${topic}`] })
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: rights }).replace('\u20ac', '\\u20ac')
      try {
        const client = await account.open(await account.assume({ policy }))
        await client.connect({ clientId })
        client.publish(topic)
        const seen = await client.settle()
        note(seen.join(', '))
        return /^puback-0x[01]0$/u.test(seen[0] ?? '') ? 'taken' : 'taken, and does not match'
      } catch (error) {
        note(`${(error as Error).name}: ${(error as Error).message}`)
        return 'refused'
      }
    },
  },
]
