import { randomUUID } from 'node:crypto'
import { ApiError, type ApiRequest, invalid, messageOf } from './api-request.js'
import type { Caller, IotAction } from './authorization.js'
import { mayReceive } from './delivery-rights.js'
import { clientIdFault } from './limits.js'
import type { Plane } from './plane.js'
import { reservedFault, topicFault } from './topic.js'
import { REASON } from './verdict.js'

interface Operation {
  readonly method: string
  readonly path: RegExp
  readonly run: (plane: Plane, caller: Caller, request: ApiRequest) => unknown
}

const PAGE = 200
const RECENT_MS = 30 * 60_000

/** The operations by method and path. Shadows are not modelled. */
export const OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: /^\/topics\/(.+)$/, run: publish },
  { method: 'GET', path: /^\/retainedMessage\/(.+)$/, run: getRetainedMessage },
  { method: 'GET', path: /^\/retainedMessage\/?$/, run: listRetainedMessages },
  { method: 'GET', path: /^\/connections\/([^/]+)\/subscriptions$/, run: listSubscriptions },
  { method: 'POST', path: /^\/connections\/([^/]+)\/messages$/, run: sendDirectMessage },
  { method: 'GET', path: /^\/connections\/([^/]+)$/, run: getConnection },
  { method: 'DELETE', path: /^\/connections\/([^/]+)$/, run: deleteConnection },
]

/** Throws when IAM says no. */
function require(plane: Plane, caller: Caller, action: IotAction, name: string): void {
  const ruling = plane.authorization.decide(caller, action, name)
  if (ruling.allowed) return
  plane.record.denied(action, caller, ruling, { protocol: 'HTTPS' })
  throw plane.switches.httpDenied === 'unauthorized-401'
    ? new ApiError(401, 'UnauthorizedException', 'Unauthorized')
    : new ApiError(403, 'ForbiddenException', 'Forbidden')
}

function publish(plane: Plane, caller: Caller, request: ApiRequest): unknown {
  const message = messageOf(plane, request, request.name)
  const { topic, qos = 0, retain = false } = message
  const reserved = reservedFault(topic, 'publish', retain)
  if (reserved !== undefined) throw invalid(reserved)
  require(plane, caller, 'Publish', topic)
  if (retain) require(plane, caller, 'RetainPublish', topic)
  plane.record.ok('Publish', caller, { topic, qos, retain, protocol: 'HTTPS' })
  plane.broker.publish(message)
  return { message: 'OK', traceId: randomUUID() }
}

async function getRetainedMessage(plane: Plane, caller: Caller, { name: topic }: ApiRequest): Promise<unknown> {
  const fault = topicFault(topic, plane.limits)
  if (fault !== undefined) throw invalid(`topic '${topic}': ${fault}`)
  require(plane, caller, 'GetRetainedMessage', topic)
  const [message] = await plane.broker.store.retained(topic)
  if (message === undefined) throw new ApiError(404, 'ResourceNotFoundException', `No retained message is on ${topic}`)
  const user = Object.entries(message.properties?.userProperties ?? {}).map(([name, value]) => ({ [name]: value }))
  return {
    topic,
    payload: Buffer.from(message.payload).toString('base64'),
    qos: message.qos,
    lastModifiedTime: message.storedAt,
    userProperties: user.length === 0 ? null : Buffer.from(JSON.stringify(user)).toString('base64'),
  }
}

async function listRetainedMessages(plane: Plane, caller: Caller, { query }: ApiRequest): Promise<unknown> {
  require(plane, caller, 'ListRetainedMessages', '*')
  const all = (await plane.broker.store.retained()).map(({ topic, payload, qos, storedAt }) => ({
    topic,
    payloadSize: payload.length,
    qos,
    lastModifiedTime: storedAt,
  }))
  const { page, nextToken } = paginate(all, query)
  return { retainedTopics: page, ...nextToken }
}

function listSubscriptions(plane: Plane, caller: Caller, { name, query }: ApiRequest): unknown {
  const known = knownClient(plane, caller, 'ListSubscriptions', name)
  const live = known.disconnectedAt === undefined || known.session !== undefined
  const held = [...(live ? (known.connection?.filters ?? []) : [])]
  const { page, nextToken } = paginate(
    held.map(([topicFilter, qos]) => ({ topicFilter, qos })),
    query,
  )
  return { subscriptions: page, ...nextToken }
}

function paginate<Item>(all: readonly Item[], query: URLSearchParams): { page: readonly Item[]; nextToken: object } {
  const asked = query.get('maxResults') ?? String(PAGE)
  const from = Number(Buffer.from(query.get('nextToken') ?? '', 'base64url').toString() || '0')
  if (!/^\d+$/.test(asked) || Number(asked) < 1 || Number(asked) > PAGE)
    throw invalid(`maxResults is a number from 1 to ${PAGE}, not '${asked}'`)
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('nextToken is not one that was given out here')
  const to = from + Number(asked)
  const nextToken = to < all.length ? { nextToken: Buffer.from(String(to)).toString('base64url') } : {}
  return { page: all.slice(from, to), nextToken }
}

function getConnection(plane: Plane, caller: Caller, { name }: ApiRequest): unknown {
  const { connection, disconnectedAt, connectedAt, session } = knownClient(plane, caller, 'GetConnection', name)
  return {
    clientId: name,
    connected: disconnectedAt === undefined,
    cleanSession: session === undefined,
    sourceIp: connection?.sourceIp,
    keepAliveDuration: connection?.agreement?.keepAliveSeconds,
    sessionExpiry: session?.expirySeconds ?? 0,
    ...(disconnectedAt === undefined
      ? { connectedSince: connectedAt }
      : { disconnectedSince: disconnectedAt, disconnectReason: connection?.ended }),
  }
}

/** A client that is connected, has a session, or was here in the last half hour. */
function knownClient(plane: Plane, caller: Caller, action: IotAction, clientId: string) {
  const fault = clientIdFault(clientId, plane.limits)
  if (fault !== undefined) throw invalid(fault)
  require(plane, caller, action, clientId)
  const known = plane.sessions.client(clientId)
  const gone =
    known?.session === undefined && plane.clock.now() - (known?.disconnectedAt ?? plane.clock.now()) > RECENT_MS
  if (known === undefined || gone)
    throw new ApiError(404, 'ResourceNotFoundException', `No client with the ID ${clientId} is known`)
  return known
}

/** The kill switch for a live connection: MQTT 5 clients are told (0x98), then it ends. It may come back at once. */
async function deleteConnection(plane: Plane, caller: Caller, { name, query }: ApiRequest): Promise<unknown> {
  const known = knownClient(plane, caller, 'DeleteConnection', name)
  const { connection } = known
  if (known.disconnectedAt !== undefined || connection === undefined)
    throw new ApiError(404, 'ResourceNotFoundException', `No client with the ID ${name} is connected`)
  if (query.get('preventWillMessage') === 'true') plane.broker.forgetWill(connection)
  connection.end('API_INITIATED_DISCONNECT', REASON.administrativeAction)
  if (query.get('cleanSession') === 'true') await plane.sessions.discard(name)
  plane.record.ok('DeleteConnection', caller, { clientId: name })
  return {}
}

/** A message for one client, which needs no subscription but must be allowed to receive it. */
function sendDirectMessage(plane: Plane, caller: Caller, request: ApiRequest): unknown {
  const topic = request.query.get('topic') ?? ''
  const message = messageOf(plane, request, topic)
  const fault = clientIdFault(request.name, plane.limits)
  if (fault !== undefined) throw invalid(fault)
  require(plane, caller, 'SendDirectMessage', request.name)
  const connection = plane.connected.get(request.name)
  if (!connection?.established)
    throw new ApiError(404, 'ResourceNotFoundException', `No client with the ID ${request.name} is connected`)
  if (!mayReceive(plane, connection, topic))
    throw new ApiError(403, 'ForbiddenException', `The client ${request.name} may not receive ${topic}`)
  plane.record.ok('SendDirectMessage', caller, { clientId: request.name, topic })
  plane.broker.deliver(request.name, { cmd: 'publish', dup: false, retain: false, qos: 0, ...message })
  return { message: 'OK', traceId: randomUUID() }
}
