import { fromVendor } from '@topic-credentials/client'
import { openAccount, type VendingAccount } from '../account.js'
import type { Bench, Findings, Picture, Target } from '../bench.js'
import { now } from '../measure/now.js'
import { inTurns } from '../measure/rounds.js'
import { figure, range, ratios, summary } from '../measure/summary.js'
import { articleProgram, type Contestant, contestants } from './contestants.js'
import type { Target as ProgramTarget } from './programs/report.js'
import { watchServer } from './server-moments.js'
import { messageStages, type Stages, stagesOf, total } from './stages.js'
import { stagesPicture } from './stages-picture.js'

const roundCount = 15

/** From the start of a process to its first message. */
export const firstMessage: Bench = {
  name: 'first-message',
  summary: 'From the start of a process to its first own message',
  run,
}

async function run(say: (line: string) => void): Promise<Findings> {
  await using account = await openAccount()
  const { iot, endpoints } = account.aws
  const article = articleProgram()
  const all: Record<string, Contestant> = { ...contestants, ...(article === undefined ? {} : { article }) }
  const target = await vendedTarget(account)
  const server = watchServer(iot.port)
  let count = 0
  const measure = async (contestant: Contestant): Promise<Stages> => {
    const targetJson = JSON.stringify({ ...target, suffix: `run${++count}` })
    const { PATH, HOME } = process.env
    const started = now()
    const moments = await contestant.run({ PATH, HOME, ...account.environment, TARGET: targetJson })
    const seen = server.last()
    if (seen === undefined) throw new Error(`${contestant.what} never connected to ${endpoints.iot}`)
    return stagesOf(started, moments, seen)
  }
  try {
    const runs = Object.entries(all).map(([name, contestant]) => [name, () => measure(contestant)] as const)
    const onRound = (done: number) => say(`round ${done} of ${roundCount}`)
    return findings(all, await inTurns<string, Stages>(Object.fromEntries(runs), { rounds: roundCount, onRound }))
  } finally {
    server.stop()
  }
}

async function vendedTarget({ aws }: VendingAccount): Promise<Omit<ProgramTarget, 'suffix'>> {
  const { developer, region, ca, outputs, endpoints } = aws
  const { accessKeyId, secretAccessKey } = developer
  const url = String(outputs.TopicCredentials?.CredentialsUrl)
  const vendor = { url, accessKeyId, secretAccessKey }
  const credentials = fromVendor({ url, region, ca, credentials: { accessKeyId, secretAccessKey } })
  const vended = await credentials()
  credentials.close()
  const [endpoint = '', port] = endpoints.iot.split(':')
  const identity = { ...vended, expiration: vended.expiration.toISOString() }
  return { endpoint, port: Number(port), region, ca, identity, vendor }
}

type Runs = Readonly<Record<string, Stages[]>>

function findings(all: Readonly<Record<string, Contestant>>, runs: Runs): Findings {
  const [atHand, vending] = [false, true].map((vends) => Object.keys(all).filter((name) => all[name]?.vends === vends))
  return {
    tables: [
      table('Milliseconds with credentials at hand', all, runs, atHand ?? [], 'sdk5'),
      table('Milliseconds with the vend', all, runs, vending ?? [], 'sdk5Vending'),
      stagesTable(all, runs),
    ],
    pictures: [picture(all, runs)],
    targets: targets(runs),
    method: methodText,
    ...(all.article === undefined
      ? { notes: ["Python with boto3 and awscrt is not installed; the article's program is skipped."] }
      : {}),
  }
}

function totals(runs: Runs, name: string) {
  return (runs[name] ?? []).map(total)
}
function ratio(runs: Runs, ours: string, theirs: string) {
  return summary(ratios(totals(runs, ours), totals(runs, theirs)))
}

function table(title: string, all: Readonly<Record<string, Contestant>>, runs: Runs, names: string[], base: string) {
  const rows = names.map((name) => {
    const taken = summary(totals(runs, name))
    const cells = [figure(taken.median), range(taken), taken.runs, figure(ratio(runs, name, base).median)]
    return [String(all[name]?.what), ...cells]
  })
  return { title, columns: ['program', 'median', 'min–max', 'runs', `÷ ${all[base]?.what}`], rows }
}

function medianOf(runs: readonly Stages[], stage: (typeof messageStages)[number]) {
  return summary(runs.map((one) => one[stage])).median
}

function mediansOf(runs: readonly Stages[]): Stages {
  return Object.fromEntries(messageStages.map((stage) => [stage, medianOf(runs, stage)])) as Stages
}

function stagesTable(all: Readonly<Record<string, Contestant>>, runs: Runs) {
  const rows = Object.entries(all).map(([name, { what }]) => [
    what,
    ...messageStages.map((stage) => figure(medianOf(runs[name] ?? [], stage))),
  ])
  return { title: 'Where the milliseconds go (median of each)', columns: ['program', ...messageStages], rows }
}

function targets(runs: Runs): Target[] {
  const pairs = [
    ['First message, credentials at hand, beside the device SDK (MQTT 5)', 'ours', 'sdk5'],
    ['First message, credentials at hand, websocket beside the device SDK (MQTT 5)', 'oursWebSocket', 'sdk5', 0.7],
    ['First message, credentials at hand, beside the device SDK (MQTT 3.1.1)', 'ours3', 'sdk3'],
    ['First message, vend included, beside the AWS SDK’s AssumeRole and the device SDK', 'oursVending', 'sdk5Vending'],
  ] as const
  return pairs.map(([what, ours, theirs, most = 1.15]) => {
    const { median } = ratio(runs, ours, theirs)
    const more = (stages: readonly (typeof messageStages)[number][]) =>
      stages.reduce((sum, stage) => sum + medianOf(runs[ours] ?? [], stage) - medianOf(runs[theirs] ?? [], stage), 0)
    // Our client loads in two steps what the others load in one.
    const loading = more(['import', 'load the rest, sign, TCP'])
    const why = `loading and signing take ${figure(loading)} ms more, everything else ${figure(more(messageStages) - loading)} ms`
    return { what, target: `at most ${most}`, measured: figure(median), met: median <= most, why }
  })
}

function picture(all: Readonly<Record<string, Contestant>>, runs: Runs): Picture {
  const staged = Object.entries(all).map(([name, { what }]) => ({ what, stages: mediansOf(runs[name] ?? []) }))
  return {
    name: 'first-message-stages',
    title: 'From the start of the process to its first own message',
    spec: stagesPicture(staged),
  }
}

const methodText = `Each run is a fresh process that loads its client, connects, subscribes to \`test\`, publishes there and receives its message. Time
counts from just before the process is started, by one clock for all processes. All connect to the same stand-in, one at a time, in
turns, backwards in every other round, after one round that does not count; ratios are between runs of the same round. The stages
up to the upgrade's arrival are the broker's own observation, because clients do not tell. Ours loads the device SDK while the vendor is
asked; with credentials at hand that is within 'load the rest'. With the vend: ours asks the HTTP API,
whose function asks STS; the others ask STS themselves, which in production means that every user may assume the role.`
