import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Attributes, roleKey, type Table, TableClient, tableReader, userKey } from '@topic-credentials/access'
import type { Prover } from '@topic-credentials/credential-vendor'
import { vendingHandler } from '@topic-credentials/credential-vendor/vending-handler'
import type { LocalAws } from '@topic-credentials/local-aws'
import { root } from '../checkout.js'
import { event } from './event.js'

const calls = 600
/** Only the last calls are counted. */
const counted = 200
const region = 'eu-west-1'

/** What a user has in the table: eight devices, and the role of the session two more. */
const items: readonly Attributes[] = [
  { pk: { S: userKey('Dev~alice') }, version: { N: '1' }, writeId: { S: 'w' }, subscribe: list(8) },
  { pk: { S: roleKey('Dev') }, version: { N: '1' }, writeId: { S: 'w' }, publish: list(2) },
]

function list(devices: number) {
  return { L: Array.from({ length: devices }, (_, n) => ({ S: `tenants/t1/devices/device-${n}/#` })) }
}

const asked = {
  ...event,
  body: '{}',
  requestContext: {
    ...event.requestContext,
    authorizer: { iam: { userArn: 'arn:aws:sts::123456789012:assumed-role/Dev/alice' } },
  },
}

/** Milliseconds of warm calls of the function's own code: an STS that answers immediately replaces the SDK and the network. */
export interface OwnCode {
  readonly withoutTable: number[]
  /** The access table is an endpoint on this machine, in another thread, that answers at once. */
  readonly tableAtOnce: number[]
  /** The access table is the stand-in's: TLS, signature, IAM and dynalite. */
  readonly localTable: number[]
}

export async function ownCodeTimes(aws: LocalAws): Promise<OwnCode> {
  const answer = { Responses: { access: items }, UnprocessedKeys: {} }
  const worker = new Worker(new URL('./table-endpoint.js', import.meta.url), { workerData: JSON.stringify(answer) })
  try {
    const [port] = await once(worker, 'message')
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
    const atOnce = tableReader({ tableName: 'access', region, endpoint: `http://127.0.0.1:${port}`, credentials })
    return {
      withoutTable: await times(event, undefined),
      tableAtOnce: await times(asked, atOnce),
      localTable: await times(asked, await filled(aws)),
    }
  } finally {
    await worker.terminate()
  }
}

/** The stand-in's table with the same items. */
async function filled(aws: LocalAws): Promise<Pick<Table, 'read'>> {
  const { accessKeyId, secretAccessKey } = aws.operator
  const options = {
    tableName: String(aws.outputs.TopicCredentials?.AccessTable),
    region: aws.region,
    endpoint: String(aws.endpoints.dynamodb),
    credentials: { accessKeyId, secretAccessKey },
    ca: aws.ca,
  }
  const table = new TableClient(options)
  for (const item of items) await table.put(item, { version: 0, writeId: undefined })
  return tableReader(options)
}

async function times(request: typeof event, table: Pick<Table, 'read'> | undefined): Promise<number[]> {
  const session = {
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: 'token'.repeat(200),
    expiration: new Date(Date.now() + 3_600_000),
    packedPolicySize: 10,
  }
  const handler = vendingHandler({
    environment: {
      roleArn: 'arn:aws:iam::123456789012:role/topics',
      endpoint: 'example-ats.iot.eu-west-1.amazonaws.com',
      apiId: event.requestContext.apiId,
      region,
      functionName: 'vendor',
      identity: {
        provers: new Set<Prover>(['iam']),
        userPrefix: '',
        roleSessions: 'session',
        guests: false,
        deployCheckRole: undefined,
      },
      cacheSeconds: 0,
      spreadSeconds: undefined,
      dense: true,
      accessTable: undefined,
      accessFunction: undefined,
      groupsClaim: 'groups',
      ceiling: table === undefined ? undefined : ['tenants/+/#'],
    },
    entitlements: JSON.parse(readFileSync(join(root, 'infra/entitlements.json'), 'utf8')),
    assumeRole: async () => session,
    table,
    write: () => undefined,
  })
  const taken: number[] = []
  for (let call = 0; call < calls; call++) {
    const began = performance.now()
    const { statusCode, body } = await handler(request, {
      awsRequestId: 'bench',
      getRemainingTimeInMillis: () => 10_000,
    })
    taken.push(performance.now() - began)
    if (statusCode !== 200) throw new Error(`The function returned ${statusCode}: ${body}`)
    // Otherwise a table that was not asked would be measured as a fast one.
    const isAsked = table === undefined || body.includes('tenants/t1/devices/device-7/#')
    if (!isAsked) throw new Error(`Not in the answer: ${body}`)
  }
  return taken.slice(-counted)
}
