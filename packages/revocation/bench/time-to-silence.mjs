// How long after `pnpm revoke USER` does the user's live connection still get messages? Against the stand-in, which applies a
// policy at the next decision; AWS takes up to some minutes. Needs `pnpm build` and a synthesized stack.
//
//   node packages/revocation/bench/time-to-silence.mjs [runs]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect, fromVendor } from '@topic-credentials/client'
import { announce, startLocalAws } from '@topic-credentials/local-aws'

const runs = Number(process.argv[2] ?? 5)
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'revocation-'))
writeFileSync(join(project, 'cdk.json'), '{}')
const aws = await startLocalAws({ assembly: process.env.ASSEMBLY ?? path('../../../cdk.out') })
const announcement = await announce(aws, { directory: project })

async function online(name) {
  const { accessKeyId, secretAccessKey } = aws.createUser(name)
  const credentials = { accessKeyId, secretAccessKey }
  const url = aws.outputs.TopicCredentials.CredentialsUrl
  return connect({ credentials: fromVendor({ url, region: aws.region, ca: aws.ca, credentials }), ca: aws.ca })
}

async function measure(run) {
  const [reader, writer] = [await online(`reader${run}`), await online(`writer${run}`)]
  let last = 0
  let count = 0
  const messages = reader.subscribe('test')
  await messages.ready
  const reading = (async () => {
    for await (const _ of messages) {
      last = performance.now()
      count++
    }
  })().catch(() => {})
  const stop = new AbortController()
  // 100 messages a second is AWS IoT's limit for one connection: the figures are good to 10 ms.
  const writing = (async () => {
    while (!stop.signal.aborted) {
      await writer.publish('test', 'x', { qos: 0 })
      await setTimeout(10)
    }
  })()
  while (count < 20) await setTimeout(10)
  const began = performance.now()
  const command = spawn(process.execPath, [path('../dist/cli/main.js'), `reader${run}`], {
    env: { ...process.env, INIT_CWD: project },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(command, 'exit')
  const ended = performance.now()
  const got = count
  await setTimeout(500)
  stop.abort()
  await writing
  await Promise.all([writer.close(), reader.close()])
  await reading
  if (code !== 0) throw new Error(`The command ended with ${code}`)
  const rounded = (milliseconds) => Math.round(milliseconds)
  return {
    'to the last message, ms': rounded(last - began),
    'to the end of the command, ms': rounded(ended - began),
    'messages after its end': count - got,
  }
}

const rows = []
for (let run = 1; run <= runs; run++) rows.push(await measure(run))
console.table(rows)
await announcement.remove()
await aws.close()
rmSync(project, { recursive: true })
process.exit()
