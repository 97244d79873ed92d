import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AccessKey } from '../../iam/index.js'
import { addressOf, type GatewayError, isRefusal, type SignatureGate, signedRequest } from '../access/signature-gate.js'
import { gatewayAnswer } from '../http/gateway-answer.js'
import type { DataPlane } from '../rules/context.js'
import { MqttConnection } from './connection.js'
import { Latency } from './latency.js'

/** Sub-protocols that MQTT clients request; the browser SDK requests the second with MQTT 3.1.1. */
const subProtocols = ['mqtt', 'mqttv3.1']

const statusTexts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
}

/** Accepts WebSockets at /mqtt that pass gate 1. */
export class WebSockets {
  /** The open ones. */
  readonly connections = new Set<MqttConnection>()
  readonly latency = new Latency()
  readonly #plane: DataPlane
  readonly #gate: SignatureGate
  readonly #server: WebSocketServer

  constructor(plane: DataPlane, gate: SignatureGate) {
    this.#plane = plane
    this.#gate = gate
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: 2 * plane.limits.packetBytes,
      handleProtocols: (offered) => subProtocols.find((name) => offered.has(name)) ?? false,
    })
  }

  upgrade(request: IncomingMessage, transport: Duplex, head: Buffer): void {
    transport.on('error', () => undefined)
    const sourceIp = addressOf(request)
    const identity = this.#admit(request, sourceIp)
    if (isRefusal(identity)) {
      refuse(transport, identity, this.#plane.clock.now())
      return
    }
    const { remotePort, localAddress, localPort } = request.socket
    const ports = { sourcePort: remotePort, targetIp: localAddress, targetPort: localPort }
    this.#server.handleUpgrade(request, transport, head, (socket: WebSocket) => {
      const handshake = { socket, transport, identity, sourceIp, ports }
      const onEnd = (ended: MqttConnection) => this.connections.delete(ended)
      const connection = new MqttConnection(this.#plane, this.latency, handshake, onEnd)
      this.connections.add(connection)
      this.#plane.recorder.ok('Upgrade', connection.requester, { accessKeyId: identity.accessKeyId, sourceIp })
    })
  }

  #admit(request: IncomingMessage, sourceIp: string): AccessKey | GatewayError {
    const signed = signedRequest(request)
    if (signed.path === '/mqtt') return this.#gate.admit('Upgrade', signed, sourceIp)
    const message = `There is no resource at ${signed.path}; MQTT over WebSocket is at /mqtt`
    return { status: 404, code: 'ResourceNotFoundException', message }
  }
}

/** Refuses an upgrade with an HTTP error, and closes the socket after it has been sent. */
function refuse(socket: Duplex, error: GatewayError, now: number): void {
  const { headers, body } = gatewayAnswer(error, now)
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`)
  const status = `HTTP/1.1 ${error.status} ${statusTexts[error.status] ?? 'Error'}`
  socket.end(`${status}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}
