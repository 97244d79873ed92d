// One server in a separate process. load.js starts it with --expose-gc and communicates through the channel between the processes.
import { startBare } from './bare-aedes.js'
import { clientIdOf, topicOf, userOf } from './load-shape.js'
import { startMosquitto } from './mosquitto.js'
import { measureChecks, startStandIn } from './stand-in.js'

let sessions = []
/** For a server that is itself a separate process. */
let other
const answers = {
  async start({ kind, tls, connections }) {
    if (kind === 'mosquitto') {
      other = await startMosquitto({ tls, connections })
      return { urls: other.urls }
    }
    if (kind !== 'stand-in') return startBare({ kind, tls, connections })
    const users = Array.from({ length: connections }, (_, index) => ({
      name: userOf(index),
      clientId: clientIdOf(index),
      topic: topicOf(index),
    }))
    const started = await startStandIn({ tls, users })
    sessions = started.sessions
    return { urls: started.urls }
  },
  async memory() {
    if (other !== undefined) return other.memory()
    // Twice: the finalizers of the first collection release more objects.
    for (let pass = 0; pass < 2; pass++) {
      globalThis.gc()
      await new Promise(setImmediate)
    }
    const { rss, heapUsed } = process.memoryUsage()
    return { rss, heapUsed }
  },
  cpu: () => other?.cpu() ?? process.cpuUsage(),
  checks: () => measureChecks(sessions),
}

process.on('message', async ({ ask, ...order }) => process.send(await answers[ask](order)))
process.on('disconnect', () => process.exit())
