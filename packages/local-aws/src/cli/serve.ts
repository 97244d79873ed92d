import { join } from 'node:path'
import { commandLine } from '@topic-credentials/project'
import type { TypeWildcards } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import { follow } from '../live/follow.js'
import { followKept } from '../live/follow-kept.js'
import { startLocalAws } from '../local-aws.js'
import type { Served } from '../local-aws-types.js'
import type { PackedPolicyEstimate } from '../sts/index.js'
import { Announcing } from './announcing.js'
import type { Companion } from './companion.js'
import { faultKeys, listenForKeys } from './keys.js'
import { openBrowser } from './open-browser.js'
import { deploymentLine, eventLine, servingLines, startedLines } from './report.js'

export interface ServeOptions {
  /** The project's root, in which the stand-in is announced. */
  readonly root: string
  /** Deployed immediately, without saving. Absent: the project's saved account. */
  readonly assembly?: string
  readonly fresh?: true
  readonly ignoreUnknown?: true
  readonly port: number
  readonly region?: string
  readonly packedPolicy: PackedPolicyEstimate
  readonly typeWildcards: TypeWildcards
  readonly json?: true
  readonly logs?: true
  /** Opens the page in a browser. */
  readonly open?: true
  readonly companion?: Companion | undefined
}

/** Runs the stand-in until Ctrl-C, `q` or a signal; then cleans up. */
export async function serve(options: ServeOptions): Promise<void> {
  const { root, assembly, fresh, port, region, packedPolicy, typeWildcards, ignoreUnknown, companion } = options
  const state = join(root, '.local-aws', 'account')
  const print = (line: string) => process.stdout.write(`${line}\n`)
  // A closed pipe (`npm run local | head`) stops the stand-in like Ctrl-C.
  const ended = endSignal()
  let started = false
  const announcing = new Announcing(root)
  const startedAt = performance.now()
  const seconds = () => (performance.now() - startedAt) / 1000
  const aws = await startLocalAws({
    ...(assembly === undefined ? { state, fresh } : { assembly }),
    ...{ ignoreUnknown, region, packedPolicy, typeWildcards },
    ports: port === 0 ? { issuer: 0 } : portsFrom(port),
    changed: () => announcing.again(),
    caFolder: join(root, '.local-aws'),
    ...(companion && { observer: companion.observer, site: companion.site }),
    journal: (entry) => {
      companion?.journal(entry)
      // The requests of the deployment's triggers are not printed; their failure is reported.
      const hidden = !started && entry.service !== 'cloudformation' && !options.logs
      const line = options.json ? JSON.stringify(entry) : hidden ? undefined : readable(entry, options)
      if (line !== undefined) print(line)
    },
    // The deployment's checks have not run yet: they may still fail it, and then the command ends with their message.
    serving: (served) => {
      if (options.json) {
        print(JSON.stringify(event('serving', served)))
      } else {
        for (const line of servingLines(served, seconds())) print(line)
      }
    },
  }).catch((error: unknown) => {
    throw explained(error)
  })
  started = true
  const tell = options.json ? () => {} : print
  await announcing.begin(aws)
  const followed = { aws, root, print: tell, failed: (asOf: number) => announcing.failed(asOf) }
  const stopLooking =
    assembly === undefined
      ? followKept({ ...followed, known: (known) => announcing.know(known) })
      : follow({ ...followed, assembly, caughtUp: (asOf) => announcing.know({ asOf, follows: true }) })
  const faults = faultKeys()
  const page = companion?.begin(aws, faults)
  if (options.json) {
    print(JSON.stringify({ ...event('started', aws), outputs: aws.outputs, page }))
  } else {
    for (const line of startedLines(aws, assembly === undefined ? undefined : seconds())) print(line)
    if (page !== undefined) print(`Inspector  ${page}\n`)
  }
  const stopKeys = listenForKeys(aws, faults, options.json ? () => {} : print, ended.end)
  if (page !== undefined && options.open) openBrowser(page)
  await ended.promise
  stopKeys()
  companion?.end()
  await stopLooking()
  await announcing.end()
  await aws.close()
}

function readable(entry: JournalEntry, { logs }: ServeOptions): string | undefined {
  if (entry.service === 'cloudformation' && entry.fields?.logicalId !== undefined) return deploymentLine(entry)
  // During a deployment, the CDK polls every other second.
  if (!logs && entry.outcome === 'ok' && isReading(entry)) return undefined
  return eventLine(entry, { logs: logs === true })
}

function isReading({ service, event }: JournalEntry): boolean {
  return /^(cloudformation|s3|ssm)$/u.test(service) && /^(Describe|Get|Head|List)/u.test(event)
}

function portsFrom(port: number) {
  return {
    iot: port,
    api: port + 1,
    sts: port + 2,
    iam: port + 3,
    dynamodb: port + 4,
    plain: port + 5,
    endpoint: port + 6,
    issuer: port + 7,
  }
}

function event(name: 'serving' | 'started', { id, region, accountId, endpoints, caFile }: Served) {
  return {
    at: Date.now(),
    service: 'local',
    event: name,
    enforcement: 'on',
    id,
    pid: process.pid,
    region,
    accountId,
    endpoints,
    caFile,
  }
}

/** Resolves at the first signal; a second one exits immediately. */
function endSignal(): { readonly promise: Promise<void>; readonly end: () => void } {
  let end = () => {}
  const promise = new Promise<void>((resolve) => {
    end = resolve
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(130))
      end()
    })
  }
  process.stdout.on('error', () => end())
  return { promise, end }
}

function explained(error: unknown): unknown {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code !== 'EADDRINUSE') return error
  return new Error(
    `Port ${port} is in use. If a stand-in is running in another terminal, stop it, or choose other ports: ${commandLine('local', '--port 9443')} (eight in a row), or --port 0 for any free ones`,
    { cause: error },
  )
}
