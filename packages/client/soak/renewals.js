// A day and more of renewals, compressed: `pnpm --filter client soak [RENEWALS]`. Prints heap, handles and sockets as it goes.
import { Stage } from '../dist/integration/stage.js'

const renewals = Number(process.argv[2] ?? 2_000)
const stage = await Stage.start()
const credentials = stage.credentials()
const session = await stage.connect({ credentials, connectIntervalMs: 0 })
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
  stage.journal.length = 0
  stage.aws.faults.skewClock((done % 200) * 1_001)
  credentials.invalidate(session.accessKeyId)
  const renewed = new Promise((resolve) => session.once('renewed', resolve))
  stage.aws.faults.cutSockets(session.clientId)
  await renewed
  await session.publish('test', String(done))
}
await stage[Symbol.asyncDispose]()

function report(done) {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const handles = process.getActiveResourcesInfo()
  const sockets = handles.filter((name) => name.includes('TCPSocketWrap') || name.includes('TLSWrap'))
  const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1)
  const figures = [done, megabytes(heapUsed), megabytes(rss), handles.length, sockets.length, received]
  console.log(figures.map((figure) => String(figure).padStart(8)).join(' '))
}
