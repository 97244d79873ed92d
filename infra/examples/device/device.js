// A device that replies with its state to requests on devices/<name>/ask. Configured by the environment:
//   CREDENTIALS_URL  the stack's output
//   DEVICE           the device's name
//   TOKEN_FILE       a file with a bearer token, read for each request; without it, requests are signed with the AWS credential chain
//   CA               a PEM file, for the stand-in only
import { readFile } from 'node:fs/promises'
import { connect, fromVendor } from '@topic-credentials/client'

const { CREDENTIALS_URL: url = '', DEVICE: name = 'lamp', TOKEN_FILE: tokenFile, CA: ca } = process.env

const credentials = fromVendor({
  url,
  ...(ca && { ca }),
  ...(tokenFile && { token: async () => (await readFile(tokenFile, 'utf8')).trim() }),
})
const session = await connect({ credentials, transport: 'websocket', ...(ca && { ca }) })
session.on('interrupted', (error) => console.error(error.message, error.remedy))
session.once('closed', (error) => {
  if (error === undefined) return
  console.error(error.message, error.remedy)
  process.exitCode = 1
})

let on = false
const response = await session.respond(
  `devices/${name}/ask`,
  (request) => {
    const asked = request.text()
    if (asked === 'on' || asked === 'off') on = asked === 'on'
    return { device: name, on, at: new Date().toISOString() }
  },
  { onError: (error) => console.error('not answered:', error) },
)
console.log(`Answering on devices/${name}/ask as ${session.userId}`)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    console.log(`${response.answered} answered, ${response.refused} refused, ${response.failed} failed`)
    void session.close().then(() => credentials.close())
  })
}
