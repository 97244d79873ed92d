// From a plain TCP (or TLS) port to the stand-in's signed WebSocket, for test suites that cannot sign. Bytes pass unchanged; what the stand-in sends is
// judged on its way.
import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { WebSocket } from 'ws'
import { FrameSplitter } from '../dist/iot/mqtt/frame-splitter.js'
import { ServerJudge } from '../dist/iot/testing/server-judge.js'

/**
 * @param account a test account with the stand-in's data plane
 * @param tls certificate and key for TLS; plain TCP without
 */
export async function startBridge(account, { port = 0, tls, identity }) {
  const violations = []
  const take = (socket) => carry(account, identity, socket, violations).catch(() => socket.destroy())
  const server = tls === undefined ? createTcpServer(take) : createTlsServer(tls, take)
  server.on('tlsClientError', () => undefined)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { port: server.address().port, violations, close: () => server.close() }
}

async function carry(account, identity, socket, violations) {
  socket.on('error', () => undefined)
  socket.setNoDelay(true)
  const early = []
  const keep = (bytes) => early.push(bytes)
  socket.on('data', keep)
  const webSocket = new WebSocket(await account.presign(identity), 'mqtt', { ca: account.ca })
  webSocket.on('error', () => socket.destroy())
  const packets = new FrameSplitter()
  let judge
  const toServer = (bytes) => {
    for (const frame of packets.push(bytes)) {
      judge ??= judgeOf(frame)
      // PUBACK: its packet identifier is what follows the fixed header (§3.4).
      if (frame[0] === 0x40) judge?.acknowledged(frame.readUInt16BE(2))
    }
    if (webSocket.readyState === WebSocket.OPEN) webSocket.send(bytes)
  }
  webSocket.on('message', (bytes) => {
    try {
      judge?.receive(bytes)
    } catch (violation) {
      violations.push(violation.message)
      judge = undefined
    }
    socket.write(bytes)
  })
  webSocket.on('close', () => socket.destroySoon())
  // A client that closes its socket without more is lost, and not one that says goodbye with a Close frame.
  socket.on('close', () => webSocket.terminate())
  await once(webSocket, 'open')
  socket.off('data', keep)
  for (const bytes of early) toServer(bytes)
  socket.on('data', toServer)
}

/** The protocol level is the byte after the protocol's name (§3.1.2.2). Limits in CONNECT are for the client's own suite to watch. */
function judgeOf(connect) {
  const at = connect.indexOf('MQTT')
  return at < 0 ? undefined : new ServerJudge({ version: connect[at + 4] === 5 ? 5 : 4 })
}
