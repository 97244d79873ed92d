/**
 * Source of the function in the probe's stack. It signs its requests itself, because not every Lambda runtime contains the SDK. It tries to assume
 * the roles in its event and returns the HTTP status of STS for each.
 */
export const functionSource = `
const { createHash, createHmac } = require('node:crypto')
const hash = (text) => createHash('sha256').update(text).digest('hex')
const mac = (key, text) => createHmac('sha256', key).update(text).digest()

exports.handler = async ({ roles }) => Object.fromEntries(
  await Promise.all(Object.entries(roles).map(async ([name, arn]) => [name, await assume(arn)])))

async function assume(arn) {
  const region = process.env.AWS_REGION
  const url = new URL(process.env.AWS_ENDPOINT_URL_STS || 'https://sts.' + region + '.' + process.env.DOMAIN)
  const body = new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15', RoleArn: arn, RoleSessionName: 'probe' }).toString()
  const date = new Date().toISOString().replace(/[-:]|\\.\\d{3}/g, '')
  const headers = {
    'content-type': 'application/x-www-form-urlencoded', host: url.host,
    'x-amz-date': date, 'x-amz-security-token': process.env.AWS_SESSION_TOKEN }
  const names = Object.keys(headers).sort()
  const canonical = ['POST', '/', '', ...names.map((name) => name + ':' + headers[name]), '', names.join(';'), hash(body)].join('\\n')
  const scope = [date.slice(0, 8), region, 'sts', 'aws4_request']
  const key = scope.reduce(mac, 'AWS4' + process.env.AWS_SECRET_ACCESS_KEY)
  const signature = mac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), hash(canonical)].join('\\n')).toString('hex')
  headers.authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/' + scope.join('/') +
    ', SignedHeaders=' + names.join(';') + ', Signature=' + signature
  delete headers.host
  const response = await fetch(url, { method: 'POST', headers, body })
  await response.text()
  return response.status
}
`
