import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AccessKey } from '../iam/index.js'
import { MqttConnection } from './connection.js'
import type { Plane } from './plane.js'
import { type GatewayError, isRefusal, refuseUpgrade, type SignatureGate, signedRequest } from './upgrade.js'

/** Sub-protocols that MQTT clients ask for; the second by the browser SDK with MQTT 3.1.1. */
const SUB_PROTOCOLS = ['mqtt', 'mqttv3.1']

/** Lets WebSockets in at /mqtt that pass gate 1. */
export function serveWebSockets(server: Server, plane: Plane, gate: SignatureGate): void {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 2 * plane.limits.packetBytes,
    handleProtocols: (offered) => SUB_PROTOCOLS.find((name) => offered.has(name)) ?? false,
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined)
    const admitted = judgeUpgrade(request, gate)
    if (isRefusal(admitted)) return refuseUpgrade(socket, admitted)
    const sourceIp = addressOf(request)
    webSockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      const handshake = { socket: webSocket, transport: socket, identity: admitted, sourceIp }
      plane.sockets.add(new MqttConnection(plane, handshake))
    })
  })
}

function judgeUpgrade(request: IncomingMessage, gate: SignatureGate): AccessKey | GatewayError {
  const signed = signedRequest(request)
  if (signed.path !== '/mqtt') return notFound(signed.path)
  return gate.admit('Upgrade', signed, addressOf(request))
}

const notFound = (path: string): GatewayError => ({
  status: 404,
  code: 'ResourceNotFoundException',
  message: `Nothing is at ${path}: MQTT over WebSocket is at /mqtt`,
})

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? '127.0.0.1'

/** Every socket, the upgraded ones too, which the server itself forgets. */
export function track(server: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}
