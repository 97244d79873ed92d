import { setTimeout } from 'node:timers/promises'
import { connect, fromVendor } from '@topic-credentials/client'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import type { Bench, Findings, Table, Target } from '../bench.js'
import { assembly } from '../checkout.js'
import { now } from '../measure/now.js'
import { figure, quantile, range, summary } from '../measure/summary.js'
import { type Delivery, delivery } from './delivery.js'
import { gapsPicture } from './gaps-picture.js'
import type { Target as SubscriberTarget } from './programs/subscriber.js'
import { Publisher } from './publisher.js'
import { SubscriberProcess } from './subscriber-process.js'

const renewals = 100
/** Time between the establishment of a connection and the next cut: AWS accepts one CONNECT per second from a client ID. */
const standingMs = 1_100

const kinds = {
  ours: 'ours',
  websocket: 'ours, websocket',
  hooked: 'device SDK with a handshake hook',
  rebuilt: 'device SDK, rebuilt by its caller',
} as const
type Kind = keyof typeof kinds
type Deliveries = Readonly<Record<Kind, Delivery>>

/** What a subscriber misses while its credentials are renewed. */
export const renewal: Bench = {
  name: 'renewal',
  summary: `What a subscriber misses while its credentials are renewed, ${renewals} times`,
  run,
}

async function run(say: (line: string) => void): Promise<Findings> {
  await using aws = await startLocalAws({ assembly, triggers: false })
  const target = targetOf(aws)
  const { url, region, ca, key } = target
  const credentials = fromVendor({ url, region, ca, credentials: key })
  await using session = await connect({ credentials, ca, clientIdSuffix: 'publisher' })
  const subscribers: SubscriberProcess[] = []
  try {
    for (const kind of Object.keys(kinds)) subscribers.push(await SubscriberProcess.start(kind, target))
    const publisher = new Publisher(session)
    const cutting = Promise.all(subscribers.map((one) => renewAgainAndAgain(aws, one, say)))
    const cuts = await cutting.finally(() => publisher.stop())
    const last = await publisher.stop()
    const reports = await Promise.all(
      subscribers.map(async (one, index) => {
        const arrivals = await one.report(last)
        return [one.kind, delivery(arrivals, publisher.published, cuts[index] ?? [])] as const
      }),
    )
    return findings(Object.fromEntries(reports) as unknown as Deliveries, publisher.published.length)
  } finally {
    for (const one of subscribers) one.close()
    credentials.close()
  }
}

function targetOf({ outputs, region, ca, endpoints, developer }: LocalAws): SubscriberTarget {
  const [endpoint = '', port] = endpoints.iot.split(':')
  const { accessKeyId, secretAccessKey } = developer
  const url = String(outputs.TopicCredentials?.CredentialsUrl)
  return { url, region, ca, endpoint, port: Number(port), key: { accessKeyId, secretAccessKey } }
}

/** @returns the time at which the connection was cut */
async function renewAgainAndAgain(
  aws: LocalAws,
  one: SubscriberProcess,
  say: (line: string) => void,
): Promise<number[]> {
  const cuts: number[] = []
  while (cuts.length < renewals) {
    await setTimeout(standingMs)
    await one.renew(() => {
      cuts.push(now())
      aws.faults.cutSockets(one.clientId)
    })
    if (cuts.length % 25 === 0) say(`${one.kind}: ${cuts.length} of ${renewals} renewals`)
  }
  return cuts
}

function findings(deliveries: Deliveries, published: number): Findings {
  return {
    tables: [table(deliveries, published)],
    pictures: [
      {
        name: 'renewal-gaps',
        title: `The longest silence at each of ${renewals} renewals, and the messages lost in all of them`,
        spec: gapsPicture(
          Object.entries(kinds).map(([kind, what]) => {
            const { lost, repeated, gaps } = deliveries[kind as Kind]
            return { what, lost, repeated, gaps: gaps.map((ms) => Math.max(1, Math.round(ms))) }
          }),
        ),
      },
    ],
    targets: targets(deliveries),
    method: methodText,
  }
}

function table(deliveries: Deliveries, published: number): Table {
  const ours = quantile(deliveries.ours.gaps, 0.5)
  const rows = Object.entries(kinds).map(([kind, what]) => {
    const { lost, repeated, gaps } = deliveries[kind as Kind]
    const p50 = quantile(gaps, 0.5)
    return [
      what,
      lost,
      repeated,
      figure(p50),
      figure(quantile(gaps, 0.99)),
      range(summary(gaps)),
      gaps.length,
      figure(p50 / ours),
    ]
  })
  return {
    title: `${figure(published)} messages, ${renewals} renewals: messages lost and repeated, and the gap in milliseconds`,
    columns: ['subscriber', 'lost', 'repeated', 'gap p50', 'p99', 'min–max', 'renewals', 'p50 ÷ ours'],
    rows,
  }
}

function targets({ ours, websocket, hooked, rebuilt }: Deliveries): Target[] {
  const [gap, hookedGap] = [ours, hooked].map(({ gaps }) => quantile(gaps, 0.5)) as [number, number]
  return [
    {
      what: `Renewal: messages lost and repeated over ${renewals} renewals (rebuilt by its caller: ${rebuilt.lost} and ${rebuilt.repeated})`,
      target: '0 and 0',
      measured: `${ours.lost} and ${ours.repeated}`,
      met: ours.lost === 0 && ours.repeated === 0,
    },
    {
      what: `Renewal over websocket: messages lost and repeated over ${renewals} renewals`,
      target: '0 and 0',
      measured: `${websocket.lost} and ${websocket.repeated}`,
      met: websocket.lost === 0 && websocket.repeated === 0,
    },
    {
      what: 'Renewal over websocket: gap in delivery, p50',
      target: 'at most 50 ms',
      measured: `${figure(quantile(websocket.gaps, 0.5))} ms`,
      met: quantile(websocket.gaps, 0.5) <= 50,
    },
    {
      what: 'Renewal: gap in delivery, p50, compared with the device SDK with a handshake hook',
      target: 'at most 1',
      measured: figure(gap / hookedGap),
      met: gap <= hookedGap,
    },
  ]
}

const methodText = `Four subscribers, each in a separate process, receive the same QoS 1 messages, one every 15 ms, from one publisher that is
never interrupted. ${renewals} times, each subscriber's credentials expire and its socket is cut after ${figure(standingMs)} ms of connection; it
requests credentials, signs and reconnects in its own way, all of them concurrently. The gap is the longest interval between two messages at
a renewal; an undisturbed one is 15 ms. All use the same provider (\`fromVendor\`), so they differ only in the connection. The hooked client
is configured as by the SDK's builder, with a session that outlives the connection; the rebuilt one starts a new session. Real renewals
are an hour apart: ours and the hooked one are configured to treat a connection of half a second as stable, after which their
reconnect delays are reset.`
