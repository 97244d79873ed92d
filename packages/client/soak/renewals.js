// More than a day of renewals in fast motion: `pnpm --filter client soak [RENEWALS] [device-sdk|websocket]`. Prints heap, handles and sockets.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, fromVendor } from '../dist/index.js'

const renewals = Number(process.argv[2] ?? 2_000)
const transport = process.argv[3] ?? 'device-sdk'
const standIn = fork(new URL('stand-in.js', import.meta.url))
const [{ ca, ...vendor }] = await once(standIn, 'message')
const credentials = fromVendor({ ...vendor, ca })
const session = await connect({ credentials, ca, connectIntervalMs: 0, transport })
let received = 0
await session.subscribe('test', {
  onMessage: () => {
    received += 1
  },
}).ready

console.log('renewals  heap MB  rss MB  handles  sockets  received')
for (let done = 0; done <= renewals; done++) {
  if (done % (renewals / 10) === 0) report(done)
  if (done === renewals) break
  credentials.invalidate(session.accessKeyId)
  const renewed = new Promise((resolve) => session.once('renewed', resolve))
  // The broker's clock advances by a second each time: AWS accepts one CONNECT per second from a client ID.
  standIn.send({ cut: session.clientId, ahead: (done % 200) * 1_001 })
  await renewed
  await session.publish('test', String(done))
}
await session.close()
credentials.close()
standIn.disconnect()

function report(done) {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const handles = process.getActiveResourcesInfo()
  const sockets = handles.filter((name) => name.includes('TCPSocketWrap') || name.includes('TLSWrap'))
  const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1)
  const figures = [done, megabytes(heapUsed), megabytes(rss), handles.length, sockets.length, received]
  console.log(figures.map((figure) => String(figure).padStart(8)).join(' '))
}
