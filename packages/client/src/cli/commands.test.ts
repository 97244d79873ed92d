import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Hash } from '@smithy/hash-node'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import { announce, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { connect } from '../connect.js'
import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { AwsCredentialIdentity } from '../credentials/vendor-options.js'
import { fromVendor } from '../from-vendor.js'
import type { Message } from '../messages/message.js'
import type { Session } from '../session.js'
import { ended, Project } from '../testing/account/project.js'
import { type Answer, ScriptedVendor, vendedAnswer } from '../testing/scripted/scripted-vendor.js'

const stockSdk = fileURLToPath(new URL('../testing/programs/stock-sdk.js', import.meta.url))

/** One stand-in in this process for all commands. They find it through its announcement, like a stand-in in another terminal. */
let aws: LocalAws
let project: Project
let credentials: VendedCredentialsProvider
let session: Session
let messages: AsyncIterator<Message>

beforeAll(async () => {
  project = new Project()
  aws = await startLocalAws({ assembly: join(project.folder, 'cdk.out'), triggers: false })
  await announce(aws, { directory: project.folder })
  credentials = fromVendor({ url: vendorUrl(), region: aws.region, ca: aws.ca, credentials: aws.developer })
  session = await connect({ credentials, ca: aws.ca })
  const subscription = session.subscribe('users/developer/#')
  messages = subscription[Symbol.asyncIterator]()
  await subscription.ready
})

afterAll(async () => {
  await session.close()
  credentials.close()
  await project[Symbol.asyncDispose]()
  await aws.close()
})

function vendorUrl(): string {
  return String(aws.outputs.TopicCredentials?.CredentialsUrl)
}

async function received(): Promise<{ topic: string; payload: string }> {
  const { value } = (await messages.next()) as { value: Message }
  return { topic: value.topic, payload: Buffer.from(value.payload).toString('latin1') }
}

describe('publish', () => {
  const topic = 'users/developer/out'

  it('publishes its argument', async () => {
    expect(await project.run('publish', '{"on":true}', '--topic', topic)).toMatchObject({
      code: 0,
      out: [`1 of 1 message to '${topic}' acknowledged`],
      err: expect.stringMatching(/^Using the running stand-in.*\nCredentials for developer until .*\n$/u),
    })
    expect(await received()).toEqual({ topic, payload: '{"on":true}' })
  })

  it('publishes with MQTT 5 properties, and refuses them over MQTT 3.1.1', async () => {
    const flags = [
      '--response-topic',
      'r',
      '--correlation-data',
      'c',
      '--message-expiry',
      '60',
      '--content-type',
      't/t',
    ]
    const words = ['publish', 'x', '--topic', topic, ...flags, '--user-property', 'a=1=2', '--user-property', 'a=']
    const refused = await project.run(...words, '--mqtt', '3')
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('MQTT 3.1.1 has no responseTopic') })
    expect(await project.run(...words)).toMatchObject({ code: 0 })
    const { value: message } = (await messages.next()) as { value: Message }
    expect(message).toMatchObject({
      topic,
      responseTopic: 'r',
      correlationData: new TextEncoder().encode('c'),
      contentType: 't/t',
      userProperties: [
        ['a', '1=2'],
        ['a', ''],
      ],
    })
    expect(message.messageExpiryInterval).toBeLessThanOrEqual(60)
    expect(await project.run('publish', 'x', '--user-property', 'a')).toMatchObject({ code: 2 })
  })

  it('publishes the bytes of a file', async () => {
    const file = join(project.folder, 'picture')
    writeFileSync(file, Buffer.from([0xff, 0x0a, 0x00]))
    expect(await project.run('publish', '--file', 'picture', '-t', topic, '--mqtt', '3')).toMatchObject({ code: 0 })
    expect(await received()).toEqual({ topic, payload: '\u00ff\n\u0000' })
  })

  it('publishes each line of standard input, in order', async () => {
    const { code, out, err } = await project.fed('a\nb\r\n\u00e9\nlast', 'publish', '--topic', topic, '--json')
    expect(out.map((line) => JSON.parse(line))).toEqual([
      { topic, qos: 1, retain: false, messages: 4, acknowledged: 4 },
    ])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const payload of ['a', 'b', '\u00c3\u00a9', 'last']) expect(await received()).toEqual({ topic, payload })
  })

  it('loses no message when it sends more than AWS IoT accepts per second', async () => {
    const numbers = Array.from({ length: 300 }, (_, index) => String(index))
    expect(await project.fed(numbers.join('\n'), 'publish', '--topic', topic)).toMatchObject({
      code: 0,
      out: [`300 of 300 messages to '${topic}' acknowledged`],
    })
    for (const payload of numbers) expect(await received()).toEqual({ topic, payload })
  }, 30_000)

  it.each([
    ['another topic', ['--topic', 'users/bob/in'], "may not publish to 'users/bob/in'"],
    ['RETAIN', ['--topic', topic, '--retain'], 'may not retain messages on'],
  ])('exits with 3 if %s is not granted, without waiting for input', async (_, words, why) => {
    const refused = await ended(project.start('publish', ...words))
    expect(refused).toMatchObject({ code: 3, out: [], err: expect.stringContaining(why) })
  })

  it('stops when the broker refuses a message, prints the number of acknowledged messages, and works again once allowed', async () => {
    const child = project.start('publish', '--topic', topic)
    const end = ended(child)
    child.stdin.write('first\n')
    expect(await received()).toEqual({ topic, payload: 'first' })
    aws.faults.denyIot(true)
    child.stdin.write('second\n')
    const { code, out, err } = await end
    aws.faults.denyIot(false)
    expect({ code, out }).toEqual({ code: 3, out: [`1 of 2 messages to '${topic}' acknowledged`] })
    expect(err).toContain(`Error (not_granted): AWS IoT refused to publish '${topic}'`)
    expect(await project.run('publish', 'third', '--topic', topic)).toMatchObject({ code: 0 })
    expect(await received()).toEqual({ topic, payload: 'third' })
  })

  it('exits with 130 when it is interrupted and with 6 after the timeout, and prints the number of acknowledged messages', async () => {
    const child = project.start('publish', '--topic', topic)
    const end = ended(child)
    child.stdin.write('one\n')
    await received()
    child.kill('SIGINT')
    expect(await end).toMatchObject({ code: 130, out: [expect.stringMatching(/^[01] of 1 message /u)] })
    const late = await ended(project.start('publish', '--topic', topic, '--timeout', '3'))
    expect(late).toMatchObject({ code: 6, out: [`0 of 0 messages to '${topic}' acknowledged`] })
  })

  it('exits with 2 for a message file that is missing or too large', async () => {
    writeFileSync(join(project.folder, 'large'), Buffer.alloc(128 * 1024 + 1))
    expect(await project.run('publish', '--file', 'none')).toMatchObject({
      code: 2,
      err: expect.stringContaining('none'),
    })
    expect(await project.run('publish', '--file', 'large')).toMatchObject({
      code: 2,
      err: expect.stringContaining('131073 bytes; the limit of AWS IoT is 131072'),
    })
  })
})

/** The ARN that STS returns for these credentials. */
async function callerOf(identity: AwsCredentialIdentity): Promise<string | undefined> {
  const requestHandler = new NodeHttpHandler({ httpsAgent: new Agent({ ca: aws.ca }) })
  const sts = new STSClient({ region: aws.region, endpoint: aws.endpoints.sts, credentials: identity, requestHandler })
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}))
  sts.destroy()
  return Arn
}

/** Publishes over HTTPS, as `aws iot-data publish` does, and returns the status. */
async function publishOverHttps(identity: AwsCredentialIdentity, topic: string): Promise<number> {
  const [hostname = '', port] = aws.endpoints.iot.split(':')
  const signer = new SignatureV4({
    service: 'iotdata',
    region: aws.region,
    credentials: identity,
    sha256: Hash.bind(null, 'sha256'),
  })
  const request = new HttpRequest({
    method: 'POST',
    hostname,
    port: Number(port),
    path: `/topics/${encodeURIComponent(topic)}`,
    query: { qos: '1' },
    headers: { host: aws.endpoints.iot },
    body: 'x',
  })
  const http = new NodeHttpHandler({ httpsAgent: new Agent({ ca: aws.ca }) })
  const { response } = await http.handle(HttpRequest.clone(await signer.sign(request)))
  response.body.resume()
  http.destroy()
  return response.statusCode
}

describe('credentials', () => {
  it('prints working credentials on stdout, and no secret on stderr', async () => {
    const { code, out, err } = await project.run('credentials')
    const vended = JSON.parse(out.join('')) as AwsCredentialIdentity & { sessionToken: string }
    expect(Object.keys(vended)).toEqual(['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration'])
    expect(await callerOf({ ...vended, expiration: new Date(String(vended.expiration)) })).toMatch(/\/developer$/u)
    expect(code).toBe(0)
    expect(err).toContain('Credentials for developer')
    for (const secret of [vended.secretAccessKey, vended.sessionToken]) expect(err).not.toContain(secret)
  })

  it('requests a subset of the grants: AWS IoT allows the requested topic and refuses the others', async () => {
    const { out, err } = await project.run('credentials', '--json', '--publish', 'test', '--duration', '900')
    const narrow = JSON.parse(out.join('')) as AwsCredentialIdentity
    expect(new Date(String(narrow.expiration)).getTime()).toBeLessThanOrEqual(Date.now() + 901_000)
    expect(await publishOverHttps(narrow, 'test')).toBe(200)
    expect(await publishOverHttps(narrow, 'users/developer/x')).toBe(403)
    const whole = JSON.parse((await project.run('credentials', '--json')).out.join('')) as AwsCredentialIdentity
    expect(await publishOverHttps(whole, 'users/developer/x')).toBe(200)
    await received()
    expect(err).toBe('')
  })

  it('exits with 3 and prints nothing if the request exceeds the grants', async () => {
    expect(await project.run('credentials', '--subscribe', 'test', 'users/bob/#')).toMatchObject({
      code: 3,
      out: [],
      err: expect.stringContaining('users/bob/#'),
    })
  })

  it('prints export statements for a shell', async () => {
    const { out } = await project.run('credentials', '--format', 'env')
    const names = execFileSync('sh', [
      '-c',
      `${out.join('\n')}\nprintf '%s\\n' "$AWS_ACCESS_KEY_ID" "$AWS_SESSION_TOKEN"`,
    ])
    const [accessKeyId = '', sessionToken] = names.toString().split('\n')
    expect(aws.directory.accessKey(accessKeyId)?.sessionToken).toBe(sessionToken)
    expect(out).toEqual(
      expect.arrayContaining([
        `export AWS_REGION='${aws.region}'`,
        `export AWS_DEFAULT_REGION='${aws.region}'`,
        `export AWS_ENDPOINT_URL_IOT_DATA_PLANE='https://${aws.endpoints.iot}'`,
        `export AWS_CA_BUNDLE='${aws.caFile}'`,
      ]),
    )
  })

  describe('as a credential process', () => {
    /** The state after a deployment: outputs in the project, the caller in the AWS configuration. */
    let deployed: Project

    beforeAll(async () => {
      deployed = new Project()
      writeFileSync(join(deployed.folder, 'cdk-outputs.json'), JSON.stringify(aws.outputs))
      const { accessKeyId, secretAccessKey } = aws.developer
      const caller = `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
      writeFileSync(join(deployed.folder, 'credentials'), caller)
      deployed.env = {
        NODE_EXTRA_CA_CERTS: aws.caFile,
        AWS_REGION: aws.region,
        AWS_CONFIG_FILE: join(deployed.folder, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(deployed.folder, 'credentials'),
      }
      const { out } = await deployed.run('credentials', '--help')
      const line = out.find((each) => each.includes('credential_process = '))?.trim()
      const own = line?.replace(' --profile default', '')
      writeFileSync(join(deployed.folder, 'config'), `[profile topics]\n${line}\n[profile itself]\n${own}\n`)
    })

    afterAll(async () => {
      await deployed[Symbol.asyncDispose]()
    })

    it('gives credentials to a stock AWS SDK with the line from the help text', async () => {
      const env = { ...process.env, ...deployed.env, AWS_PROFILE: 'topics', AWS_ENDPOINT_URL_STS: aws.endpoints.sts }
      const { stdout } = await promisify(execFile)(process.execPath, [stockSdk], { env: { ...env, NODE_OPTIONS: '' } })
      expect(stdout).toMatch(/^arn:aws:sts::.*:assumed-role\/.*\/developer\n$/u)
    })

    it('sends a bearer token only to a vendor that the caller names, because outputs in a folder can be from anyone', async () => {
      writeFileSync(join(deployed.folder, 'token'), 'a.b.c')
      const unasked = await deployed.run('whoami', '--token-file', 'token')
      expect(unasked).toMatchObject({ code: 2, out: [] })
      expect(String(unasked.err)).toContain('--outputs cdk-outputs.json')
      const asked = await deployed.run('whoami', '--token-file', 'token', '--outputs', 'cdk-outputs.json')
      expect(asked.code).toBe(4)
      expect(String(asked.err)).toContain('vend_refused')
    })

    it('prints only the five fields, and nothing on stderr', async () => {
      const { out, err } = await deployed.run('credentials', '--format', 'credential-process', '--profile', 'default')
      const fields = JSON.parse(out.join('')) as Record<string, unknown>
      expect(Object.keys(fields)).toEqual(['Version', 'AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'])
      expect(fields.Version).toBe(1)
      expect(err).toBe('')
    })

    it('does not call itself recursively', async () => {
      deployed.env = { ...deployed.env, AWS_PROFILE: 'itself' }
      const { code, out, err } = await deployed.run('credentials')
      expect({ code, out }).toEqual({ code: 4, out: [] })
      expect(err).toContain('Pass --profile with another profile')
    })
  })
})

describe('explain', () => {
  it.each([
    ['publish', 'users/developer/a', 'Grant: publish users/developer/#'],
    ['subscribe', 'users/developer/+', 'Grant: subscribe users/developer/#'],
    ['receive', 'test', 'Grant: subscribe test'],
    ['connect', 'developer:lamp', undefined],
  ])('allows to %s %s', async (operation, topic, grant) => {
    const { code, out } = await project.run('explain', operation, topic)
    expect(out[0]).toMatch(/^Allowed for developer: /u)
    expect(out[1]).toBe(grant)
    expect(code).toBe(0)
  })

  it.each([
    ['publish', 'users/developre/a', 'Nearest grant: publish users/developer/#'],
    ['subscribe', '#', /^Nearest grant: subscribe /u],
    ['receive', 'tests', 'Nearest grant: subscribe test'],
    ['connect', 'bob:lamp', undefined],
    ['retain', 'test', 'Nearest grant: publish test'],
  ])('does not allow to %s %s, with exit code 3', async (operation, topic, nearest) => {
    const { code, out } = await project.run('explain', operation, topic)
    expect(out[0]).toMatch(/^Not allowed for developer: /u)
    if (nearest === undefined) {
      expect(out).toHaveLength(1)
    } else {
      expect(out[1]).toMatch(nearest)
    }
    expect(code).toBe(3)
  })

  it('prints the decision as JSON', async () => {
    const { out, err } = await project.run('--json', 'explain', 'publish', 'test')
    expect(out.map((line) => JSON.parse(line))).toEqual([
      {
        operation: 'publish',
        topic: 'test',
        userId: 'developer',
        allowed: true,
        reason: 'The grant publish "test" allows exactly this.',
        grant: { kind: 'publish', filter: 'test' },
      },
    ])
    expect(err).toBe('')
  })
})

describe('explain --prove', () => {
  const proved =
    /^Proved: a session policy \(the full form, \d+ characters\) allows exactly these grants, for every name that AWS IoT accepts \(\d+ states\)\.$/u

  it.each([
    ['test', /^Allowed for developer: /u, 0],
    ['other', /^Not allowed for developer: /u, 3],
  ])('proves the policy in addition to the decision about %s', async (topic, answer, code) => {
    const ended = await project.run('explain', 'publish', topic, '--prove')
    expect(ended.out[0]).toMatch(answer)
    expect(ended.out.at(-1)).toMatch(proved)
    expect(ended.code).toBe(code)
  })

  it('prints the decision as JSON', async () => {
    const { out, code } = await project.run('--json', 'explain', 'publish', 'test', '--prove')
    const { allowed, proof } = JSON.parse(out.join('')) as { allowed: boolean; proof: object }
    expect({ allowed, proof }).toEqual({
      allowed: true,
      proof: {
        proved: true,
        form: 'full',
        characters: expect.any(Number),
        states: expect.any(Number),
        sentence: expect.stringMatching(proved),
      },
    })
    expect(code).toBe(0)
  })

  it('says that the vended policy has a different form than the proved one', async () => {
    await using vendor = await ScriptedVendor.start(formAnswer('dense', 40))
    const { out, code } = await project.run('explain', 'publish', 'test', '--prove', ...asking(vendor))
    expect(out.at(-1)).toMatch(
      /^Proved: a session policy \(the full form, \d+ characters; the vended policy has the dense form\) /u,
    )
    expect(code).toBe(0)
  })
})

/** A vendor that answers with a policy of this form. */
function formAnswer(policyForm: string, packedPolicySize: number) {
  return (call: number): Answer => {
    const answer = vendedAnswer(call, Date.now() + 3_600_000, Date.now())
    return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body ?? ''), policyForm, packedPolicySize }) }
  }
}

function asking({ url, ca }: ScriptedVendor): string[] {
  writeFileSync(join(project.folder, 'scripted-ca.pem'), ca)
  writeFileSync(join(project.folder, 'scripted-token'), 'a.b.c')
  return ['--url', url, '--ca', 'scripted-ca.pem', '--token-file', 'scripted-token']
}

describe('whoami', () => {
  it.each([
    ['full', 12, 'full form, 214 of 2048 characters, packed 12 % of STS’s limit'],
    ['dense', 80, 'dense form, 214 of 2048 characters, packed 80 % of STS’s limit: request fewer topics at once'],
    ['of another release', 79, '214 of 2048 characters, packed 79 % of STS’s limit'],
  ])('prints the form and the size of the policy: %s', async (form, packed, line) => {
    await using vendor = await ScriptedVendor.start(formAnswer(form, packed))
    const { out } = await project.run('whoami', ...asking(vendor))
    expect(out).toContainEqual(expect.stringMatching(/^session policy /u))
    expect(out.find((row) => row.startsWith('session policy'))?.slice(18)).toBe(line)
  })

  it('prints user, grants, expiration and endpoint', async () => {
    const { code, out } = await project.run('whoami')
    const rows = Object.fromEntries(out.map((line) => [line.slice(0, 18).trim(), line.slice(18)]))
    expect(rows).toMatchObject({
      'user ID': 'developer',
      'client ID prefix': 'developer:',
      publish: 'test, users/developer/#',
      retain: 'nothing',
      'session policy': expect.stringMatching(/^full form, \d+ of 2048 characters, packed \d+ % of STS’s limit$/u),
      expires: expect.stringMatching(/Z, in (60:00|59:\d\d)$/u),
      endpoint: `${aws.endpoints.iot} (${aws.region})`,
      vendor: vendorUrl(),
      target: expect.stringContaining('the running stand-in'),
    })
    expect(code).toBe(0)
  })

  it('prints JSON without secrets', async () => {
    const { out } = await project.run('whoami', '--json')
    const answer = JSON.parse(out.join('')) as { accessKeyId: string }
    expect(answer).toMatchObject({
      userId: 'developer',
      grants: { publish: ['test', 'users/developer/#'], retain: [] },
      policyForm: 'full',
      policyCharacters: expect.any(Number),
      packedPolicySize: expect.any(Number),
    })
    const secret = aws.directory.accessKey(answer.accessKeyId)?.secretAccessKey
    expect(secret).toBeDefined()
    expect(out.join()).not.toContain(secret)
  })

  it('uses the vendor at a URL, with the caller from the environment', async () => {
    const { accessKeyId, secretAccessKey } = aws.developer
    project.env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const words = ['whoami', '--url', vendorUrl(), '--region', aws.region, '--ca', aws.caFile]
    const known = await project.run(...words)
    project.env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'wrong' }
    const unknown = await project.run(...words)
    project.env = {}
    expect(known).toMatchObject({ code: 0, out: expect.arrayContaining(['user ID           developer']) })
    expect(unknown).toMatchObject({ code: 4, out: [], err: expect.stringContaining('Error (vend_refused)') })
  })

  it('reads a bearer token from a file', async () => {
    const token = join(project.folder, 'token')
    const to = ['--url', vendorUrl(), '--ca', aws.caFile]
    expect(await project.run('whoami', '--token-file', token, ...to)).toMatchObject({
      code: 2,
      err: expect.stringContaining(token),
    })
    writeFileSync(token, 'not-a-token\n')
    const refused = await project.run('whoami', '--token-file', token, ...to)
    expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('Error (vend_refused)') })
    expect(refused.err).not.toContain('not-a-token')
  })
})

describe('the output', () => {
  it.each(['3', '5'])('with --verbose over MQTT %s contains the SDK’s log, without secrets', async (mqtt) => {
    const words = ['--json', '--count', '1', '--publish', 'the payload', '--mqtt', mqtt]
    const { code, out, err } = await project.run(...words, '--verbose')
    const events = out.map((line) => JSON.parse(line) as { event: string; accessKeyId: string })
    const key = aws.directory.accessKey(events.find(({ event }) => event === 'vended')?.accessKeyId ?? '')
    expect(code).toBe(0)
    expect(err).toMatch(/^\[INFO\] .*\[(mqtt5-client|mqtt-client)\]/mu)
    for (const secret of [String(key?.sessionToken), String(key?.secretAccessKey)]) {
      expect(secret.length).toBeGreaterThan(20)
      for (const form of [secret, encodeURIComponent(secret)]) expect(out.join('\n') + err).not.toContain(form)
    }
    expect(err).not.toMatch(/X-Amz-Security-Token=|the payload/u)
    expect((await project.run(...words)).err).toBe('')
  })

  it('into a pipe has no control characters', async () => {
    project.env = { FORCE_COLOR: '1', CI: '1' }
    const runs = [await project.run('--publish', 'x', '--count', '1'), await project.run('explain', 'publish', 'other')]
    project.env = {}
    for (const { out, err } of runs) expect(out.join('') + err.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })

  it('ends, with exit code 130, when the reader closes the pipe', async () => {
    const child = project.start('--json')
    child.stdout.destroy()
    const [code] = await once(child, 'close')
    expect(code).toBe(130)
  })
})
