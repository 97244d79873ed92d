// Plain aedes without authentication or authorization, over the same TLS and the same WebSocket library.
import { once } from 'node:events'
import { createServer } from 'node:https'
import { Duplex } from 'node:stream'
import { Aedes } from 'aedes'
import { createWebSocketStream, WebSocketServer } from 'ws'

/** A stream that sends the writes of one turn of the event loop as one frame. */
function joiningStream(webSocket) {
  const stream = new Duplex({
    read: () => webSocket.resume(),
    write: (chunk, _encoding, done) => webSocket.send(chunk, done),
    writev: (writes, done) => webSocket.send(Buffer.concat(writes.map(({ chunk }) => chunk)), done),
    destroy: (error, done) => {
      webSocket.terminate()
      done(error)
    },
  })
  webSocket.on('message', (data) => {
    if (!stream.push(data)) webSocket.pause()
  })
  webSocket.on('close', () => stream.destroy())
  webSocket.on('error', (error) => stream.destroy(error))
  return stream
}

/**
 * `aedes`: the fastest way that we found to run aedes with ws, with the stand-in's limit of messages in work at a time.
 * `aedes-ws-stream`: the way in its documentation.
 */
const ways = {
  aedes: { stream: joiningStream, options: { concurrency: 10_000 } },
  'aedes-ws-stream': { stream: createWebSocketStream, options: {} },
}

export async function startBare({ kind, tls, connections }) {
  const aedes = await Aedes.createBroker(ways[kind].options)
  const server = createServer({ cert: tls.cert, key: tls.key })
  server.on('connection', (socket) => socket.setNoDelay(true))
  const webSockets = new WebSocketServer({ server, perMessageDeflate: false, handleProtocols: () => 'mqtt' })
  webSockets.on('connection', (webSocket) => aedes.handle(ways[kind].stream(webSocket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { urls: Array(connections).fill(`wss://localhost:${server.address().port}/mqtt`) }
}
