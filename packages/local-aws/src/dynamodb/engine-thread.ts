import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { parentPort, workerData } from 'node:worker_threads'
import type { EngineAnswer, EngineQuestion, EngineSettings } from './engine.js'

/**
 * The thread in which dynalite keeps tables in memory. Requests are passed to it directly instead of through an HTTP port, because any
 * process on this machine could use a port to bypass IAM.
 */
const { region, accountId } = workerData as EngineSettings
// Read when the module is loaded; this thread has a copy of the environment of its own.
process.env.AWS_ACCOUNT_ID = accountId
process.env.AWS_REGION = region
const { default: dynalite } = await import('dynalite')
const server = dynalite({ createTableMs: 0, deleteTableMs: 0 })
const port = parentPort

port?.on('message', ({ id, operation, body }: EngineQuestion) => {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    // Dynalite requires a signature and verifies none; the caller was verified before. It takes the Region from here.
    authorization: `AWS4-HMAC-SHA256 Credential=id/date/${region}/dynamodb/aws4_request, Signature=none, SignedHeaders=none`,
    'x-amz-date': 'none',
  }
  const request = Object.assign(Readable.from([Buffer.from(body)]), { method: 'POST', url: '/', headers })
  const response: Pick<ServerResponse, 'statusCode'> & { setHeader(): void; end(text: string): void } = {
    statusCode: 200,
    setHeader: () => {},
    end: (text) => port.postMessage({ id, status: response.statusCode, body: text } satisfies EngineAnswer),
  }
  server.emit('request', request, response)
})
