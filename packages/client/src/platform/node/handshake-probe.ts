import { request } from 'node:https'
import type { Endpoint } from '../../connection/endpoint.js'
import type { HandshakeAnswer } from '../../connection/handshake.js'
import type { Route } from '../../connection/route.js'
import { withDeadline } from '../../support/deadline.js'
import { answerOf } from './handshake-answer.js'
import { networkError } from './network-error.js'
import { agentFor } from './route.js'

/** Timeout for the whole probe. */
const probeDeadlineMs = 5_000

/**
 * Checks name resolution, network and certificate of an endpoint, within one or two round trips.
 *
 * The device SDK takes 11 to 26 seconds to report an untrusted certificate.
 *
 * @throws TopicCredentialsError `tls_trust`, `host_not_found`, `connection_lost`
 */
export async function checkTrust({ host, port }: Endpoint, route: Route, signal: AbortSignal): Promise<void> {
  const ask = (until: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const agent = agentFor(route)
      const call = request({ host, port, path: '/', method: 'HEAD', servername: host, agent, signal: until })
      call.once('response', (response) => {
        response.destroy()
        resolve()
      })
      // Not `once`: a request that is aborted after a failure fails again.
      call.on('error', reject)
      call.once('close', () => agent.destroy())
      call.end()
    })
  const late = () => new Error(`no response within ${probeDeadlineMs / 1000} s`)
  try {
    await withDeadline(ask, probeDeadlineMs, late, signal)
  } catch (error) {
    if (!signal.aborted) throw networkError(error, `${host}:${port}`, 'the IoT endpoint', route)
  }
}

/**
 * Repeats a failed handshake with the same signature, to read the response.
 *
 * @param path as signed. It contains the session token, so it is only sent to the endpoint for which it was signed
 */
export async function askHandshake(endpoint: Endpoint, route: Route, path: string): Promise<HandshakeAnswer> {
  const late = () => new Error(`no response within ${probeDeadlineMs / 1000} s`)
  try {
    return await withDeadline((signal) => handshakeAnswer(endpoint, route, path, signal), probeDeadlineMs, late)
  } catch (error) {
    throw networkError(error, `${endpoint.host}:${endpoint.port}`, 'the IoT endpoint', route)
  }
}

function handshakeAnswer({ host, port }: Endpoint, route: Route, path: string, signal: AbortSignal) {
  return new Promise<HandshakeAnswer>((resolve, reject) => {
    const agent = agentFor(route)
    const call = request({
      host,
      port,
      path,
      servername: host,
      agent,
      signal,
      headers: {
        // The device SDK signs the host without the port, and AWS compares it literally.
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
    call.on('error', reject)
    call.once('close', () => agent.destroy())
    call.end()
  })
}
