// The lower bound: one AssumeRole, signed by hand (SigV4, https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html),
// without anything that a production function needs: no validation, no retries, no timeout.
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { Agent, request } from 'node:https'
import { articlePolicy } from './article-policy.js'

const { env } = process
const endpoint = new URL(String(env.AWS_ENDPOINT_URL_STS))
const agent = new Agent({ keepAlive: true })
function sha256(text: string) {
  return createHash('sha256').update(text).digest('hex')
}
function hmac(key: string | Buffer, text: string) {
  return createHmac('sha256', key).update(text).digest()
}

export async function handler() {
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: String(env.ROLE_ARN),
    RoleSessionName: `test-${randomUUID()}`,
    Policy: articlePolicy,
  }).toString()
  const xml = await post(body)
  const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(xml)?.[1]
  const [accessKeyId, secretAccessKey] = [field('AccessKeyId'), field('SecretAccessKey')]
  if (accessKeyId === undefined) throw new Error(xml)
  const sessionToken = field('SessionToken')
  return { statusCode: 200, body: JSON.stringify({ accessKeyId, secretAccessKey, sessionToken }) }
}

function signed(body: string): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/gu, '')
  const scope = `${time.slice(0, 8)}/${env.AWS_REGION}/sts/aws4_request`
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    host: endpoint.host,
    'x-amz-date': time,
    'x-amz-security-token': String(env.AWS_SESSION_TOKEN),
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${sha256(body)}`
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`)
  const signature = hmac(key, toSign).toString('hex')
  const credential = `Credential=${env.AWS_ACCESS_KEY_ID}/${scope}`
  return { ...headers, authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}` }
}

function post(body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = endpoint
    const sent = request(
      { hostname, port, method: 'POST', path: '/', headers: signed(body), agent },
      async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve(text)
      },
    )
    sent.on('error', reject).end(body)
  })
}
