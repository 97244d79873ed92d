/**
 * The entry point of a function's process: loads the handler, then processes one invocation after the other. It replaces Lambda's Node.js
 * runtime and imports nothing from this package except types and one constant.
 */
import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { formatWithOptions } from 'node:util'
import { endOfCall, type FromFunction, type ToFunction } from './protocol.js'

type Handler = (event: unknown, context: object) => unknown

const taskRoot = process.env.LAMBDA_TASK_ROOT
if (taskRoot === undefined) throw new Error('This program is started by the stand-in for Lambda.')
process.on('exit', () => rmSync(dirname(taskRoot), { recursive: true, force: true }))
// The parent process has exited, possibly before this line was reached, so this process must exit too.
process.on('disconnect', () => process.exit(0))
const channel = process.send?.bind(process)
if (channel === undefined || !process.connected) process.exit(0)
const ipc = channel

function send(message: FromFunction, then?: () => void) {
  ipc(message, undefined, undefined, () => then?.())
}
// A handler on Lambda has no such channel, so code that looks for one must not find ours.
Reflect.deleteProperty(process, 'send')

let requestId: string | undefined

formatConsole()
process.on('message', (message: ToFunction) => void answer(message))
const handler = await loadHandler()
if (handler !== undefined) send({ type: 'ready' })

async function loadHandler(): Promise<Handler | undefined> {
  const name = process.env._HANDLER ?? ''
  const [file, exported] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)]
  const path = ['.mjs', '.js', '.cjs'].map((ending) => join(taskRoot ?? '', file + ending)).find(existsSync)
  try {
    if (path === undefined) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`)
    const found = ((await import(pathToFileURL(path).href)) as Record<string, unknown>)[exported]
    if (typeof found !== 'function') throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`)
    // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html: callbacks ended with Node.js 22.
    if (found.length > 2) throw named('Runtime.CallbackHandlerDeprecated', `${name} takes a callback: make it async`)
    return found as Handler
  } catch (error) {
    send({ type: 'init-error', ...describe(error) }, () => process.exit(1))
    return undefined
  }
}

async function answer(call: ToFunction): Promise<void> {
  requestId = call.requestId
  const deadline = performance.now() + call.timeoutMilliseconds
  const context = {
    awsRequestId: call.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    invokedFunctionArn: call.functionArn,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  }
  let message: FromFunction
  try {
    const payload = JSON.stringify((await handler?.(JSON.parse(call.event), context)) ?? null)
    message = { type: 'result', requestId: call.requestId, payload, rss: process.memoryUsage.rss() }
  } catch (error) {
    const { errorType, errorMessage } = describe(error)
    const trace = error instanceof Error ? error.stack?.split('\n') : []
    console.error('Invoke Error', JSON.stringify({ errorType, errorMessage, stack: trace }))
    message = { type: 'error', requestId: call.requestId, errorType, errorMessage, rss: process.memoryUsage.rss() }
  }
  process.stdout.write(endOfCall(call.requestId))
  process.stderr.write(endOfCall(call.requestId))
  send(message)
}

/** Log lines in the two log formats of Lambda's runtime. */
function formatConsole(): void {
  const levels = { debug: 'DEBUG', error: 'ERROR', info: 'INFO', log: 'INFO', trace: 'TRACE', warn: 'WARN' } as const
  for (const [method, level] of Object.entries(levels)) {
    const stream = level === 'ERROR' || level === 'WARN' ? process.stderr : process.stdout
    console[method as keyof typeof levels] = (...values: unknown[]) => {
      const timestamp = new Date().toISOString()
      if (process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON') {
        const message = values.length === 1 ? values[0] : formatWithOptions({}, ...values)
        stream.write(`${JSON.stringify({ timestamp, level, requestId, message })}\n`)
        return
      }
      // Lambda writes one entry for one console call: line breaks inside it become carriage returns.
      const text = formatWithOptions({}, ...values).replaceAll('\n', '\r')
      stream.write(`${timestamp}\t${requestId ?? 'undefined'}\t${level}\t${text}\n`)
    }
  }
}

function named(errorType: string, message: string): Error {
  return Object.assign(new Error(message), { name: errorType })
}

function describe(error: unknown): { errorType: string; errorMessage: string } {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message }
  return { errorType: typeof error, errorMessage: String(error) }
}
