// All clients of one server, in a separate process: raw MQTT 3.1.1 packets over WebSocket and TLS, so that the server has more work than
// its clients. Run by load.js.
import { generate, parser } from 'mqtt-packet'
import { WebSocket } from 'ws'
import { clientIdOf, payloadBytes, topicOf } from './load-shape.js'

const openingAtOnce = 50
const payload = Buffer.alloc(payloadBytes, 'x')
function publishTo(topic) {
  return generate({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, dup: false, retain: false })
}

/** Publishes again when its message has been acknowledged and received. */
class LoadClient {
  running = false
  messages = 0
  #outstanding = 0
  #waiting = new Map()

  constructor(index, url, ca) {
    this.index = index
    this.publication = publishTo(topicOf(index))
    this.socket = new WebSocket(url, 'mqtt', { ca, perMessageDeflate: false, skipUTF8Validation: true })
    const packets = parser({ protocolVersion: 4 })
    packets.on('packet', (packet) => this.#receive(packet))
    this.socket.on('message', (data) => packets.parse(data))
    this.socket.on('close', () => this.#waiting.get('end')?.('closed'))
  }

  async open() {
    await new Promise((resolve, reject) => this.socket.once('open', resolve).once('error', reject))
    const connect = { cmd: 'connect', clientId: clientIdOf(this.index), protocolId: 'MQTT', protocolVersion: 4 }
    await this.#ask(generate({ ...connect, clean: true, keepalive: 1200 }), 'connack')
    const subscriptions = [{ topic: topicOf(this.index), qos: 1 }]
    await this.#ask(generate({ cmd: 'subscribe', messageId: 1, subscriptions }), 'suback')
  }

  start() {
    this.running = true
    if (this.#outstanding === 0) this.#publish()
  }

  /** The server's reaction to a message to another user's topic. */
  trespass() {
    const ended = new Promise((resolve) => this.#waiting.set('end', resolve))
    return Promise.race([ended, this.#ask(publishTo(topicOf(this.index + 1)), 'puback').then(() => 'acknowledged')])
  }

  #ask(frame, answer) {
    const answered = new Promise((resolve) => this.#waiting.set(answer, resolve))
    this.socket.send(frame)
    return answered
  }

  #publish() {
    this.#outstanding = 2
    this.socket.send(this.publication)
  }

  #receive(packet) {
    if (packet.cmd === 'publish') {
      this.messages++
      this.socket.send(Buffer.from([0x40, 2, packet.messageId >> 8, packet.messageId & 255]))
    } else if (packet.cmd !== 'puback' || !this.running) {
      this.#waiting.get(packet.cmd)?.(packet)
    }
    if ((packet.cmd === 'publish' || packet.cmd === 'puback') && this.#outstanding > 0) {
      this.#outstanding--
      if (this.#outstanding === 0 && this.running) this.#publish()
    }
  }
}

let clients = []
function count() {
  return clients.reduce((sum, { messages }) => sum + messages, 0)
}
const answers = {
  async open({ urls, ca }) {
    const started = performance.now()
    clients = Array(urls.length)
    let next = 0
    const opener = async () => {
      while (next < urls.length) {
        const index = next++
        clients[index] = new LoadClient(index, urls[index], ca)
        await clients[index].open()
      }
    }
    await Promise.all(Array.from({ length: openingAtOnce }, opener))
    return { perSecond: (urls.length * 1000) / (performance.now() - started) }
  },
  start() {
    for (const client of clients) client.start()
    return {}
  },
  count: () => ({ messages: count(), at: performance.now(), cpu: process.cpuUsage() }),
  stop() {
    for (const client of clients) client.running = false
    return { connected: clients.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length }
  },
  trespass: async () => ({ outcome: await clients[0].trespass() }),
}

process.on('message', async ({ ask, ...order }) => process.send(await answers[ask](order)))
process.on('disconnect', () => process.exit())
