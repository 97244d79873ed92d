// mosquitto over the same TLS, if it is installed; it allows everything.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Debian installs it in a folder that is only in root's PATH. */
const path = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`
/** Linux constants: clock ticks per second, and bytes per page. */
const [clockTicks, page] = [100, 4096]

/** `2.0.11`, or undefined if it is not installed; only Linux provides memory and CPU time of another process. */
export function mosquittoVersion() {
  if (process.platform !== 'linux') return undefined
  const { stdout } = spawnSync('mosquitto', ['-h'], { env: { PATH: path }, encoding: 'utf8' })
  return /mosquitto version (\S+)/u.exec(stdout ?? '')?.[1]
}

export async function startMosquitto({ tls, connections }) {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'))
  const file = (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const port = await freePort()
  const settings = [
    // A configuration with only WebSockets does not start: https://github.com/eclipse-mosquitto/mosquitto/issues/2284
    `listener 0 ${join(folder, 'socket')}`,
    `listener ${port}`,
    'bind_interface lo',
    'protocol websockets',
    `certfile ${file('cert.pem', tls.cert)}`,
    `keyfile ${file('key.pem', tls.key)}`,
    'allow_anonymous true',
    'persistence false',
    'set_tcp_nodelay true',
    'log_dest stderr',
    'user root',
  ]
  const server = spawn('mosquitto', ['-c', file('mosquitto.conf', `${settings.join('\n')}\n`)], {
    env: { PATH: path },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  process.on('exit', () => {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`mosquitto ended with ${code}`)
  })
  await Promise.race([running(server.stderr), ended])
  ended.catch(() => process.exit(1))
  const { pid } = server
  return {
    urls: Array(connections).fill(`wss://localhost:${port}/mqtt`),
    memory: () => memory(pid),
    cpu: () => cpu(pid),
  }
}

async function running(log) {
  let text = ''
  for await (const chunk of log.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (/mosquitto version \S+ running/u.test(text)) break
  }
  log.resume()
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html */
function memory(pid) {
  const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return { rss: Number(resident) * page, heapUsed: 0 }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, fields 14 and 15; in microseconds like `process.cpuUsage`. */
function cpu(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return { user: (Number(user) * 1e6) / clockTicks, system: (Number(system) * 1e6) / clockTicks }
}
