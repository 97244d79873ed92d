import { announce } from '@topic-credentials/project'
import type { JournalEntry } from '../journal.js'
import { type Served, startLocalAws } from '../local-aws.js'
import type { PackedPolicyEstimate } from '../sts/index.js'
import { listenForKeys } from './keys.js'
import { deploymentLine, eventLine, servingLines, startedLines } from './report.js'

export interface ServeOptions {
  /** The project's root, where the stand-in is announced. */
  readonly root: string
  readonly assembly: string
  readonly port: number
  readonly region?: string
  readonly packedPolicy: PackedPolicyEstimate
  readonly json?: true
  readonly logs?: true
}

/** Runs the stand-in until Ctrl-C, `q` or a signal; then nothing of it is left. */
export async function serve(options: ServeOptions): Promise<void> {
  const { root, assembly, port, region, packedPolicy } = options
  const print = (line: string) => process.stdout.write(`${line}\n`)
  // A closed pipe (`pnpm local | head`) ends the stand-in like Ctrl-C does.
  const ended = endSignal()
  let started = false
  const startedAt = performance.now()
  const seconds = () => (performance.now() - startedAt) / 1000
  const aws = await startLocalAws({
    assembly,
    ports:
      port === 0 ? {} : { iot: port, api: port + 1, sts: port + 2, iam: port + 3, dynamodb: port + 4, plain: port + 5 },
    ...(region === undefined ? {} : { region }),
    packedPolicy,
    journal: (entry) => {
      // What the deployment's own triggers try is their business: it is told when it fails.
      const hidden = !started && entry.service !== 'cloudformation' && !options.logs
      const line = options.json ? JSON.stringify(entry) : hidden ? undefined : readable(entry, options)
      if (line !== undefined) print(line)
    },
    // Before the deployment's checks have run: they may still fail it, and then all ends with their message.
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
  const announcement = await announce(aws, { directory: root })
  if (options.json) {
    print(JSON.stringify({ ...event('started', aws), outputs: aws.outputs }))
  } else {
    for (const line of startedLines(aws, seconds())) print(line)
  }
  const stopKeys = listenForKeys(aws, options.json ? () => {} : print, ended.end)
  await ended.promise
  stopKeys()
  await announcement.remove()
  await aws.close()
}

function readable(entry: JournalEntry, { logs }: ServeOptions): string | undefined {
  return entry.service === 'cloudformation' ? deploymentLine(entry) : eventLine(entry, { logs: logs === true })
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

/** Resolves at the first signal; a second one does not wait for an orderly end. */
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
    `Port ${port} is taken. Is a stand-in running in another terminal? End it, or choose other ports: pnpm local --port 9443 (six in a row), or --port 0 for any free ones`,
    { cause: error },
  )
}
