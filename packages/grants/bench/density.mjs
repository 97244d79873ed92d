// How many distinct 32-character topics (publish and subscribe) fit one session policy, in several ways of writing it.
import { parseGrants, sessionPolicy, sessionPolicyLimit } from '../dist/index.js'

const pinned = 'arn:aws:iot:ap-northeast-1:123456789012:'
const open = 'arn:aws:iot:*:*:'
const topicOf = (index) => `plant-7/line-${String(index).padStart(4, '0')}/`.padEnd(32, 'temperature-of-the-oven')
const flatTopicOf = (index) => `sensor-${String(index).padStart(4, '0')}-`.padEnd(32, 'temperature-of-the-oven')
const mixedTopicOf = (index) =>
  index % 2 === 0 ? topicOf(index) : `plant-7/line-${String(index).padStart(5, '0')}`.padEnd(32, '-')

const allow = (Action, Resource) => ({ Effect: 'Allow', Action, Resource })
const connect = (arn) => allow('iot:Connect', `${arn}client/alice:*`)
const documentOf = (Statement) => JSON.stringify({ Version: '2012-10-17', Statement })
const subscriptions = (arn, topics) => topics.map((topic) => `${arn}topicfilter/${topic}`)

/** The reference article's statements, once per topic. */
function articleForm(arn) {
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
function oneStatement(arn) {
  return (topics) => {
    const publications = topics.map((topic) => `${arn}topic/${topic}`)
    const actions = ['iot:Publish', 'iot:Receive', 'iot:Subscribe']
    return documentOf([connect(arn), allow(actions, [...publications, ...subscriptions(arn, topics)])])
  }
}

function ours(topics) {
  return sessionPolicy(parseGrants({ publish: topics, subscribe: topics }), { userId: 'alice' }).document
}

/** The most topics whose document STS takes. */
function capacity(form, topics) {
  for (let count = 1; ; count++) {
    try {
      if (form(Array.from({ length: count }, (_, index) => topics(index))).length > sessionPolicyLimit) return count - 1
    } catch {
      return count - 1
    }
  }
}

const rows = [
  ["the article's form, repeated", articleForm(open), topicOf, 'no: client IDs, * in topics, colons'],
  ["the article's form, full ARNs", articleForm(pinned), topicOf, 'no: client IDs, * in topics'],
  ['one statement, full ARNs', oneStatement(pinned), topicOf, 'no: * in topics'],
  [`one statement, ${open}`, oneStatement(open), topicOf, 'no: * in topics, colons'],
  ['ours', ours, topicOf, 'yes'],
  ['ours, topics of one level', ours, flatTopicOf, 'yes'],
  ['ours, topics of mixed depth', ours, mixedTopicOf, 'yes'],
].map(([form, write, topics, exact]) => ({ form, topics: capacity(write, topics), exact }))

console.log('32-character topics (publish + subscribe) in one session policy of 2,048 characters')
console.table(rows)
