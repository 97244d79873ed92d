import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { connect, fromVendor, type Session } from '@topic-credentials/client'
import { announce, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import type { Bench, Findings } from '../bench.js'
import { assembly, root } from '../checkout.js'
import { figure, range, summary } from '../measure/summary.js'

const runCount = 5
/** AWS IoT's limit is 100 messages per second per connection, so this is the resolution of the results in milliseconds. */
const intervalMs = 12
/** How long to wait for late messages. */
const listeningOnMs = 500

/** How fast `npm run revoke` cuts off a connected user. */
export const revocation: Bench = {
  name: 'revocation',
  summary: 'How long after `npm run revoke -- USER` a live connection still gets messages',
  run,
}

interface Silence {
  readonly lastMessage: number
  readonly commandEnded: number
  readonly messagesAfter: number
}

async function run(say: (line: string) => void): Promise<Findings> {
  const project = mkdtempSync(join(tmpdir(), 'revocation-'))
  writeFileSync(join(project, 'cdk.json'), '{}')
  try {
    await using aws = await startLocalAws({ assembly, triggers: false })
    const announcement = await announce(aws, { directory: project })
    const silences: Silence[] = []
    while (silences.length < runCount) {
      silences.push(await measure(aws, project, `reader${silences.length}`))
      say(`run ${silences.length} of ${runCount}`)
    }
    await announcement.remove()
    return findings(silences)
  } finally {
    rmSync(project, { recursive: true })
  }
}

async function measure(aws: LocalAws, project: string, user: string): Promise<Silence> {
  await using reader = await online(aws, user)
  await using writer = await online(aws, `writer-of-${user}`)
  const stop = new AbortController()
  const arrivals: number[] = []
  const messages = reader.subscribe('test')
  await messages.ready
  const reading = (async () => {
    // The iteration ends with an error when the user is revoked, which is the measured event.
    for await (const _ of messages) arrivals.push(performance.now())
  })().catch(() => undefined)
  const writing = (async () => {
    for (; !stop.signal.aborted; await setTimeout(intervalMs)) await writer.publish('test', 'x', { qos: 0 })
  })()
  try {
    while (arrivals.length < 20) await setTimeout(intervalMs)
    const began = performance.now()
    const command = spawn(process.execPath, [join(root, 'packages/revocation/dist/cli/main.js'), user], {
      env: { ...process.env, INIT_CWD: project },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const said = text(command.stderr)
    const [code] = await once(command, 'exit')
    if (code !== 0) throw new Error(`The command exited with ${code}: ${await said}`)
    const ended = performance.now()
    const before = arrivals.length
    await setTimeout(listeningOnMs)
    return {
      lastMessage: Number(arrivals.at(-1)) - began,
      commandEnded: ended - began,
      messagesAfter: arrivals.length - before,
    }
  } finally {
    stop.abort()
    await writing
    await reader.close()
    await reading
  }
}

async function online({ createUser, outputs, region, ca }: LocalAws, name: string): Promise<Session> {
  const { accessKeyId, secretAccessKey } = createUser(name)
  const url = String(outputs.TopicCredentials?.CredentialsUrl)
  return connect({ credentials: fromVendor({ url, region, ca, credentials: { accessKeyId, secretAccessKey } }), ca })
}

function findings(silences: readonly Silence[]): Findings {
  const row = (what: string, pick: (silence: Silence) => number) => {
    const figures = summary(silences.map(pick))
    return [what, figure(figures.median), range(figures), figures.runs]
  }
  const after = Math.max(...silences.map(({ messagesAfter }) => messagesAfter))
  return {
    tables: [
      {
        title: 'After the start of `npm run revoke -- USER`',
        columns: ['what', 'median', 'min–max', 'runs'],
        rows: [
          row('to the last message, ms', ({ lastMessage }) => lastMessage),
          row('to the end of the command, ms', ({ commandEnded }) => commandEnded),
          row('messages after its end', ({ messagesAfter }) => messagesAfter),
        ],
      },
    ],
    pictures: [],
    targets: [
      {
        what: 'Revocation: messages that a live connection gets after the command has ended',
        target: '0',
        measured: String(after),
        met: after === 0,
      },
    ],
    method: `A user receives a message every ${intervalMs} ms; the command runs in a separate process and revokes that user. Measured with the
    stand-in, where a policy takes effect with the next decision. On AWS that takes up to some minutes, but the command closes the connection
    there as well.`,
  }
}
