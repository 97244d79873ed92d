import { connect, fromVendor, type Session } from '@topic-credentials/client'
import { startLocalAws } from '@topic-credentials/local-aws'
import type { Bench, Findings } from '../bench.js'
import { assembly } from '../checkout.js'
import { figure, quantile } from '../measure/summary.js'

const rounds = 400
const warmUps = 50
/** Below the client's 80 publishes per second and connection, so that no message waits for its turn. */
const pauseMs = 30
const targetRatio = 2.2

const oneWayTopic = 'users/developer/one-way'
const requestTopic = 'users/developer/ask'
const replies = 'users/developer/replies/'

/** What a request costs beside a message that is only sent. */
export const request: Bench = {
  name: 'request',
  summary: 'A request and its reply, compared with one message from the one session to the other',
  run,
}

async function run(say: (line: string) => void): Promise<Findings> {
  await using aws = await startLocalAws({ assembly, triggers: false })
  const { accessKeyId, secretAccessKey } = aws.developer
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
  const options = { url, region: aws.region, ca: aws.ca, credentials: { accessKeyId, secretAccessKey } }
  const open = () =>
    connect({ credentials: fromVendor(options), ca: aws.ca, transport: 'websocket', replyPrefix: replies })
  await using requester = await open()
  await using responder = await open()
  return findings(await measured(requester, responder, say))
}

interface Times {
  readonly oneWay: readonly number[]
  readonly request: readonly number[]
}

/** One of each in turn, so that whatever slows the machine down slows down both. */
async function measured(one: Session, other: Session, say: (line: string) => void): Promise<Times> {
  let arrived = () => {}
  await other.subscribe(oneWayTopic, { onMessage: () => arrived() }).ready
  await other.respond(requestTopic, ({ payload }) => payload, { replyTo: `${replies}#` })
  const payload = new Uint8Array(256)
  const times = { oneWay: [] as number[], request: [] as number[] }
  for (let round = -warmUps; round < rounds; round++) {
    const sent = performance.now()
    const delivered = new Promise<void>((resolve) => {
      arrived = resolve
    })
    await Promise.all([delivered.then(() => keep(times.oneWay, round, sent)), one.publish(oneWayTopic, payload)])
    await pause()
    const asked = performance.now()
    await one.request(requestTopic, payload)
    keep(times.request, round, asked)
    await pause()
    if (round % 100 === 0) say(`${round} of ${rounds}`)
  }
  return times
}

function keep(times: number[], round: number, since: number): void {
  if (round >= 0) times.push(performance.now() - since)
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs))
}

function findings({ oneWay, request }: Times): Findings {
  const [way, both] = [oneWay, request].map((times) => [quantile(times, 0.5), quantile(times, 0.95)] as const)
  const ratio = (both?.[0] ?? 0) / (way?.[0] ?? 1)
  const row = (what: string, [p50, p95]: readonly [number, number] = [0, 0]) => [what, figure(p50), figure(p95)]
  return {
    tables: [
      {
        title: 'Between two sessions, in ms',
        columns: ['what', 'p50', 'p95'],
        rows: [row('one message, until it is delivered', way), row('a request, until its reply is there', both)],
      },
    ],
    pictures: [],
    targets: [
      {
        what: 'A request and its reply, p50, compared with one message',
        target: `at most ${targetRatio}`,
        measured: figure(ratio),
        met: ratio <= targetRatio,
      },
    ],
    method: `Two sessions over the websocket transport in one process, connected to the stand-in. ${rounds} messages of 256 bytes with QoS 1 and ${rounds} requests, in turn, with ${pauseMs} ms between them, after ${warmUps} of each that do not count. A message is measured from \`publish\` until the other session's \`onMessage\`, a request from \`request\` until its reply.`,
  }
}
