// The stand-in's data plane with an account in which every user has its own session, limited like a vended one.
import { SignatureV4 } from '@smithy/signature-v4'
import { systemClock } from '../dist/clock.js'
import { Directory } from '../dist/iam/index.js'
import { Authorization } from '../dist/iot/access/authorization.js'
import { startIot } from '../dist/iot/index.js'
import { Sha256 } from './sha256.js'

const region = 'us-east-1'
const accountId = '123456789012'
const clock = systemClock
const directory = new Directory({ accountId, clock })
function policy(...Statement) {
  return { Version: '2012-10-17', Statement }
}
function allow(Action, ...names) {
  return {
    Effect: 'Allow',
    Action,
    Resource: names.map((name) => `arn:aws:iot:${region}:${accountId}:${name}`),
  }
}

/** The form of vended session policies. */
const actions = ['iot:Connect', 'iot:Publish', 'iot:Receive', 'iot:Subscribe']
function dense(Effect, Action, names) {
  return { Effect, Action, Resource: names.map((name) => `arn:aws:iot:*:*:${name}`) }
}

/** Quotas that would limit the load: 1,000 clients connect as fast as the machine allows. */
const limits = { connectsPerSecond: 100_000 }

export async function startStandIn({ tls, users }) {
  const role = directory.createRole({
    roleName: 'topics',
    trustPolicy: policy({ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' }),
    inlinePolicies: {
      Ceiling: policy(
        allow('iot:Connect', 'client/*:*'),
        allow('iot:Publish', 'topic/test', 'topic/users/*/*'),
        allow('iot:Receive', 'topic/devices/*/telemetry', 'topic/test', 'topic/users/*/*'),
        allow('iot:Subscribe', 'topicfilter/devices/*/telemetry', 'topicfilter/test', 'topicfilter/users/*/*'),
      ),
    },
  })
  const sessions = users.map(({ name, clientId, topic }) => {
    const names = [`client/${name}:*`, 'topic/test', `topic/users/${name}/*`]
    const filters = ['topicfilter/test', `topicfilter/users/${name}/*`]
    const sessionPolicy = policy(
      dense('Allow', actions, [...names, ...filters]),
      dense('Deny', '*', ['*/*:client/*', '*/*:topic/*', '*/*:topicfilter/*']),
    )
    const identity = directory.addSession({ role, sessionName: name, sessionPolicy, durationSeconds: 3600 })
    return { identity, clientId, topic }
  })
  const iot = await startIot({ directory, region, accountId, clock, tls, limits })
  return { sessions, urls: await Promise.all(sessions.map(({ identity }) => presign(iot.endpoint, identity))) }
}

async function presign(host, { accessKeyId, secretAccessKey, sessionToken }) {
  const credentials = { accessKeyId, secretAccessKey }
  const signer = new SignatureV4({ service: 'iotdevicegateway', region, credentials, sha256: Sha256 })
  const request = { method: 'GET', protocol: 'wss:', hostname: host, path: '/mqtt', query: {}, headers: { host } }
  const { query } = await signer.presign(request, { expiresIn: 300 })
  return `wss://${host}/mqtt?${new URLSearchParams({ ...query, 'X-Amz-Security-Token': sessionToken })}`
}

const checks = 20_000

/**
 * Microseconds of one decision, including ARN and condition context; every check uses a different session. `again`: the same decision was
 * made before on this connection, and only changes of the policies are checked.
 */
export function measureChecks(sessions) {
  const authorization = new Authorization({ region, accountId, clock, directory, credentialExpiry: 'ignore' })
  const callers = sessions.map(({ identity, clientId }) => ({ identity, clientId, sourceIp: '127.0.0.1' }))
  const connected = callers.map((caller) => authorization.remembering(caller))
  const time = (action, expected, nameOf, who = callers) => {
    const started = performance.now()
    for (let check = 0; check < checks; check++) {
      const { topic } = sessions[check % sessions.length]
      const { allowed } = authorization.decide(who[check % who.length], action, nameOf(topic))
      if (allowed !== expected) throw new Error(`iot:${action} on ${topic} was ${allowed ? 'allowed' : 'refused'}`)
    }
    return ((performance.now() - started) * 1000) / checks
  }
  return {
    publish: time('Publish', true, (topic) => topic),
    again: time('Publish', true, (topic) => topic, connected),
    receive: time('Receive', true, (topic) => topic),
    refused: time('Publish', false, (topic) => `${topic.slice(0, -6)}x/bench`),
  }
}
