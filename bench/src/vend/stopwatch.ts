// Loads a function and calls it like Lambda, in a separate process: `stopwatch.js MODULE EVENT WARM_CALLS`. Sends the times to the
// parent process.
import { subscribe } from 'node:diagnostics_channel'
import { pathToFileURL } from 'node:url'

/** The times of one process of one contestant, in milliseconds. */
export interface Times {
  readonly import: number
  /** Import and first call. */
  readonly vended: number
  /** Each further call, without the time spent waiting for STS. */
  readonly warm: readonly number[]
}

type Handler = (event: unknown, context: object) => Promise<{ statusCode: number; body: string }>

const [, , module = '', event = '', warmCalls = '0'] = process.argv
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 }

const began = performance.now()
const { handler } = (await import(pathToFileURL(module).href)) as { handler: Handler }
const imported = performance.now()
await call()
const vended = performance.now()

// The time from the end of the request to the start of its response belongs to STS and the network; the rest to the function.
let waited = 0
let sentAt = 0
subscribe('http.client.request.start', () => {
  sentAt = performance.now()
})
subscribe('http.client.response.finish', () => {
  waited += performance.now() - sentAt
})
const warm: number[] = []
for (let count = 0; count < Number(warmCalls); count++) {
  waited = 0
  const from = performance.now()
  await call()
  if (waited === 0) throw new Error('STS was not called: the response came from a cache')
  warm.push(performance.now() - from - waited)
}
const times: Times = { import: imported - began, vended: vended - began, warm }
process.send?.(times, () => process.exit())

async function call(): Promise<void> {
  const { statusCode, body } = await handler(JSON.parse(event), context)
  if (statusCode !== 200) throw new Error(`${module} returned ${statusCode}: ${body}`)
}
