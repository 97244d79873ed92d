import type { IncomingMessage } from 'node:http'
import { parseJson, recordOf } from '@topic-credentials/grants/core'
import type { HandshakeAnswer } from '../../connection/handshake.js'

/** Timeout for the body of a refusal; the status alone is usually sufficient. */
const bodyMs = 2_000
const bodyLimitBytes = 4_096

/** Reads an endpoint's response to a handshake, with limits for size and time. */
export async function answerOf(response: IncomingMessage): Promise<HandshakeAnswer> {
  const date = Date.parse(response.headers.date ?? '')
  return {
    status: response.statusCode ?? 0,
    message: messageIn(await bodyOf(response)),
    clockOffset: Number.isNaN(date) ? 0 : date - Date.now(),
  }
}

function bodyOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let body = ''
    const finish = () => {
      clearTimeout(timer)
      response.destroy()
      resolve(body.slice(0, bodyLimitBytes))
    }
    const timer = setTimeout(finish, bodyMs)
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      body += chunk
      if (body.length >= bodyLimitBytes) finish()
    })
    for (const end of ['end', 'close', 'error']) response.once(end, finish)
  })
}

function messageIn(body: string): string {
  const { message = body.slice(0, 200) } = recordOf(parseJson(body))
  return String(message)
}
