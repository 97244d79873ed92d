// The chat's server: its login, its page, and credentials for the user who is signed in. It never returns its own credentials.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { AwsClient } from 'aws4fetch'

const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, PORT = '3000' } = process.env
const { Chat } = JSON.parse(readFileSync('cdk-outputs.json', 'utf8'))
const aws = new AwsClient({
  accessKeyId: AWS_ACCESS_KEY_ID,
  secretAccessKey: AWS_SECRET_ACCESS_KEY,
  sessionToken: AWS_SESSION_TOKEN,
  region: AWS_REGION,
  service: 'execute-api',
})
/** The signed-in users, by the token that this server gave them. */
const users = new Map()

const routes = {
  // A real chat asks for a password here.
  'POST /login': async (request, response) => {
    const { name } = JSON.parse(await bodyOf(request))
    if (!/^[a-z]{1,20}$/u.test(name)) return answer(response, 400, { detail: 'A name has 1 to 20 letters from a to z' })
    const token = randomUUID()
    users.set(token, name)
    answer(response, 200, { token, endpoint: standInEndpoint() })
  },
  // The URL for fromVendor() in the page. Requests and responses have the vendor's format.
  'POST /credentials': async (request, response) => {
    const user = users.get(request.headers.authorization?.replace('Bearer ', ''))
    if (user === undefined) return answer(response, 401, { message: 'Sign in first' })
    const url = new URL(`/users/${user}/credentials`, Chat.CredentialsUrl)
    const body = await bodyOf(request)
    const vended = await aws.fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    response.writeHead(vended.status, {
      'content-type': vended.headers.get('content-type'),
      'cache-control': 'no-store',
      date: vended.headers.get('date') ?? new Date().toUTCString(),
    })
    response.end(await vended.text())
  },
}

/** With a stand-in, the browser uses its plain origin, which needs no certificate. On AWS, it uses the endpoint from the vendor. */
function standInEndpoint() {
  if (!existsSync('.local-aws/running.json')) return undefined
  return JSON.parse(readFileSync('.local-aws/running.json', 'utf8')).endpoints.plain?.replace('http', 'ws')
}

createServer(async (request, response) => {
  try {
    const route = routes[`${request.method} ${request.url}`]
    if (route !== undefined) return await route(request, response)
    const file = `dist/${request.url === '/' ? 'index.html' : request.url.slice(1)}`
    if (request.url.includes('..') || !existsSync(file)) return answer(response, 404, { detail: 'Not here' })
    const type = file.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8'
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file))
  } catch (error) {
    process.stderr.write(`${error.stack}\n`)
    answer(response, 500, { detail: 'The chat failed' })
  }
}).listen(Number(PORT), '127.0.0.1', function listening() {
  process.stdout.write(`http://127.0.0.1:${this.address().port}\n`)
})

async function bodyOf(request) {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
