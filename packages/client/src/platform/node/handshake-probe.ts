import { request } from 'node:https'
import { connect } from 'node:tls'
import type { Endpoint } from '../../connection/endpoint.js'
import type { HandshakeAnswer } from '../../connection/handshake.js'
import { answerOf } from './handshake-answer.js'
import { networkError } from './network-error.js'

const probeTimeoutMs = 5_000

/**
 * Checks name, network and certificate of an endpoint, within a round trip or two.
 *
 * The device SDK takes 11 to 26 seconds to report a certificate that it does not trust.
 *
 * @throws TopicCredentialsError `tls_trust`, `host_not_found`, `connection_lost`
 */
export function checkTrust({ host, port }: Endpoint, ca: string | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      servername: host,
      ...(ca === undefined ? {} : { ca }),
      timeout: probeTimeoutMs,
    })
    const finish = (error?: unknown) => {
      signal.removeEventListener('abort', finish)
      socket.destroy()
      if (error === undefined || signal.aborted) {
        resolve()
      } else {
        reject(networkError(error, `${host}:${port}`, 'the IoT endpoint'))
      }
    }
    socket.once('secureConnect', () => finish())
    socket.once('timeout', () => finish(new Error('no answer within 5 s')))
    socket.once('error', finish)
    signal.addEventListener('abort', finish, { once: true })
  })
}

/**
 * Repeats a handshake that failed, with the same signature, to read the answer.
 *
 * @param path as signed: it holds the session token, so it goes nowhere but to the endpoint that it was signed for
 */
export function askHandshake({ host, port }: Endpoint, ca: string | undefined, path: string): Promise<HandshakeAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({
      host,
      port,
      path,
      servername: host,
      ...(ca === undefined ? {} : { ca }),
      agent: false,
      timeout: probeTimeoutMs,
      headers: {
        // Signed without the port by the device SDK, and compared to the letter by AWS.
        host,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        'sec-websocket-version': '13',
        'sec-websocket-protocol': 'mqtt',
      },
    })
    call.once('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, message: '', clockOffset: 0 })
    })
    call.once('response', (response) => void answerOf(response).then(resolve))
    call.once('timeout', () => call.destroy(new Error('no answer within 5 s')))
    call.once('error', (error) => reject(networkError(error, `${host}:${port}`, 'the IoT endpoint')))
    call.end()
  })
}
