import { createHash } from 'node:crypto'
import { estimatePackedSize, parseGrants, sessionPolicy, sessionPolicyLimit } from '@topic-credentials/grants'

const pinned = 'arn:aws:iot:ap-northeast-1:123456789012:'
const open = 'arn:aws:iot:*:*:'

/** Writes the session policy for topics that are published and subscribed. */
type Form = (topics: readonly string[]) => string

function allow(Action: string[], Resource: string[]) {
  return { Effect: 'Allow', Action, Resource }
}
function documentOf(Statement: object[]) {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

/** The reference article's statements, once per topic. */
function articleForm(arn: string): Form {
  return (topics) =>
    documentOf([
      { Action: 'iot:Connect', Effect: 'Allow', Resource: '*' },
      ...topics.flatMap((topic) => [
        { Action: ['iot:Publish', 'iot:Receive'], Effect: 'Allow', Resource: `${arn}topic/${topic}` },
        { Action: ['iot:Subscribe'], Effect: 'Allow', Resource: `${arn}topicfilter/${topic}` },
      ]),
    ])
}

/** One statement for all topics. */
function oneStatement(arn: string): Form {
  return (topics) => {
    const resources = ['topic', 'topicfilter'].flatMap((kind) => topics.map((topic) => `${arn}${kind}/${topic}`))
    return documentOf([
      allow(['iot:Connect'], [`${arn}client/alice:*`]),
      allow(['iot:Publish', 'iot:Receive', 'iot:Subscribe'], resources),
    ])
  }
}

/** Uses the longest Region name. */
const location = { region: 'ap-northeast-1', accountId: '123456789012' }

const ours: Form = (topics) =>
  sessionPolicy(parseGrants({ publish: topics, subscribe: topics }), { userId: 'alice', ...location }).document

const width = 32
const filling = 'temperature-of-the-oven'
function pad(index: number, digits: number) {
  return String(index).padStart(digits, '0')
}

/** Topics of 32 characters. */
function deep(index: number) {
  return `plant-7/line-${pad(index, 4)}/`.padEnd(width, filling)
}
function flat(index: number) {
  return `sensor-${pad(index, 4)}-`.padEnd(width, filling)
}
/** As random as letters and digits can be, and the same in each run. */
function random(index: number) {
  return createHash('md5').update(String(index)).digest('hex')
}
function mixed(index: number) {
  return index % 2 === 0 ? deep(index) : `plant-7/line-${pad(index, 5)}`.padEnd(width, '-')
}

/** The compared forms: how each is written, for which topics, and whether it allows exactly those topics. */
export const forms: readonly { what: string; write: Form; topic: (index: number) => string; exact: string }[] = [
  {
    what: "the article's statements, repeated",
    write: articleForm(open),
    topic: deep,
    exact: 'no: any client ID; * in a topic; colons',
  },
  {
    what: "the article's statements, full ARNs",
    write: articleForm(pinned),
    topic: deep,
    exact: 'no: any client ID; * in a topic',
  },
  { what: 'one statement, full ARNs', write: oneStatement(pinned), topic: deep, exact: 'no: * in a topic' },
  { what: `one statement, ${open}`, write: oneStatement(open), topic: deep, exact: 'no: * in a topic; colons' },
  { what: 'ours', write: ours, topic: deep, exact: 'yes' },
  { what: 'ours, topics of one level', write: ours, topic: flat, exact: 'yes' },
  { what: 'ours, topics of mixed depth', write: ours, topic: mixed, exact: 'yes' },
  { what: 'ours, random topics', write: ours, topic: random, exact: 'yes' },
]

/** Whether STS's limit is judged by the characters alone, or also by the pessimistic estimate of the packed size. */
export type Budget = 'characters' | 'packed'

/** The largest number of topics whose document STS accepts. */
export function capacity(write: Form, topic: (index: number) => string, budget: Budget): number {
  const topics: string[] = []
  for (;;) {
    topics.push(topic(topics.length))
    try {
      const document = write(topics)
      if (document.length > sessionPolicyLimit) return topics.length - 1
      if (budget === 'packed' && estimatePackedSize(document).high > 100) return topics.length - 1
    } catch (error) {
      if ((error as { code?: string }).code === 'policy_too_large') return topics.length - 1
      throw error
    }
  }
}
