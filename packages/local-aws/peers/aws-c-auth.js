import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { verify } from '../dist/sigv4/index.js'

/** aws-c-auth's requests with AWS's signatures: the stand-in must accept each, and refuse it with one character of the signature changed. */
export async function runAwsCAuth(folder, say) {
  const vectors = join(folder, 'tests/aws-signing-test-suite/v4')
  const results = []
  for (const test of readdirSync(vectors)) {
    const read = (file) => readFileSync(join(vectors, test, file), 'utf8')
    const context = JSON.parse(read('context.json'))
    for (const form of ['header', 'query']) {
      const suite = `aws-c-auth, ${form}`
      const signed = read(`${form}-signed-request.txt`)
      const refusal = refusalOf(signed, context)
      const signature = read(`${form}-signature.txt`).trim()
      const changed = signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0')
      const isTaken = refusalOf(signed.replace(signature, changed), context) === undefined
      const detail = isTaken ? 'a changed signature is taken' : (refusal ?? '')
      results.push({ suite, test, passed: refusal === undefined && !isTaken, detail })
    }
  }
  say(`aws-c-auth: ${results.length} requests`)
  return results
}

/** Why the stand-in refuses this request, or undefined. */
function refusalOf(text, { credentials, region, service, timestamp }) {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, token } = credentials
  const key = { accessKeyId, secretAccessKey, ...(token !== undefined && { sessionToken: token }) }
  const settings = {
    service: [service],
    region,
    clock: { now: () => Date.parse(timestamp) },
    accessKey: (id) => (id === accessKeyId ? { ...key, principal: {} } : undefined),
  }
  try {
    verify(parse(text), settings)
    return undefined
  } catch (error) {
    return error.message
  }
}

/** An HTTP request as text; a line that starts with a space continues the header before it. */
function parse(text) {
  const [head = '', ...body] = text.split(/\r?\n\r?\n/u)
  const [first = '', ...lines] = head.split(/\r?\n(?![ \t])/u)
  const [, method, target] = /^(\S+) (.*?)(?: HTTP\/1\.1)?$/u.exec(first) ?? []
  const [path, ...query] = target.split('?')
  const headers = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).toLowerCase()
    headers[name] = [...(headers[name] ?? []), line.slice(at + 1).trim()]
  }
  return { method, path, query: query.join('?'), headers, body: Buffer.from(body.join('\n\n')) }
}
