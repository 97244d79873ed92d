import { randomUUID } from 'node:crypto'
import { covers, type Entitlements, type Grants, grantsFor, type VendResponse } from '@topic-credentials/grants'
import { type Answer, allowed, refused, undecided } from './answer.js'
import { type Finding, holds } from './finding.js'
import { closed, type MqttSession } from './mqtt-session.js'
import type { Subject } from './subject.js'
import { type Plan, plan } from './topics.js'

/**
 * Tries everything once: what must be allowed, and beside it what must be refused. What is refused because nothing works
 * at all proves nothing; so each refusal has a twin that differs from it in one thing and must be allowed.
 */
export async function examine(subject: Subject, entitlements: Entitlements, nonce: string): Promise<Finding[]> {
  const everything = await subject.vend({})
  const first: Finding = { what: 'ask for credentials', expected: 'allowed', answer: everything.answer }
  if (everything.vended === undefined) return [first]
  const { grants, userId } = everything.vended
  const excess = granted(grants, grantsFor(entitlements, { userId, claims: {} }))
  const planned = plan(grants, userId, nonce)
  const narrow = await subject.vend(planned.ask)
  const second: Finding = { what: `ask for ${asked(planned)} alone`, expected: 'allowed', answer: narrow.answer }
  const { vended } = narrow
  if (vended === undefined) return [first, excess, second]
  const groups = [
    vending(subject, planned),
    topics(subject, vended, planned, nonce),
    handshake(subject, vended, planned, nonce),
    role(subject, userId),
  ]
  const findings = [first, excess, second, ...(await Promise.all(groups)).flat()]
  // A made-up name of a hundred characters, which says nothing to a reader.
  return findings.map((finding) => ({ ...finding, what: finding.what.replaceAll(userId, '${userId}') }))
}

/** The vendor's entitlements are a file of its own: it may be another one than was synthesized. */
function granted(grants: Grants, entitled: Grants): Finding {
  const coverage = covers(entitled, grants)
  const how = 'the same as the entitlements give, or less'
  return {
    what: `be granted ${coverage.covered ? 'more' : coverage.missing.map(({ kind, filter }) => `${kind} ${filter}`).join(', ')} beyond the entitlements`,
    expected: 'refused',
    answer: coverage.covered ? refused(how) : allowed,
  }
}

async function vending(subject: Subject, { beyond }: Plan): Promise<Finding[]> {
  const unproven = subject.entrances.map(async (url): Promise<Finding> => {
    return {
      what: `ask POST ${url.pathname} without a proof of identity`,
      expected: 'refused',
      answer: await subject.vendUnproven(url),
    }
  })
  const { answer } = await subject.vend({ subscribe: [beyond] })
  // Any other 403 would be about the caller, not about what it asks for.
  const entitled = answer.outcome === 'refused' && !answer.how.includes('not_entitled')
  return [
    { what: `ask to subscribe to ${beyond}`, expected: 'refused', answer: entitled ? undecided(answer.how) : answer },
    ...(await Promise.all(unproven)),
  ]
}

async function topics(subject: Subject, vended: VendResponse, planned: Plan, nonce: string): Promise<Finding[]> {
  const { publish, subscribe, neighbours } = planned
  const message = JSON.stringify({ deployCheck: nonce })
  /** Each on a connection of its own, because AWS may close it. */
  const connected = async (probe: (session: MqttSession) => Promise<Answer>): Promise<Answer> => {
    const { answer, session } = await subject.connect(vended, own(vended))
    if (session === undefined) return undecided(`not connected: ${answer.outcome === 'allowed' ? '' : answer.how}`)
    await using open = session
    return await probe(open)
  }
  const granted = async (): Promise<Finding[]> => {
    const { answer, session } = await subject.connect(vended, own(vended))
    const findings: Finding[] = [{ what: `connect as ${vended.clientIdPrefix}…`, expected: 'allowed', answer }]
    if (session === undefined) return findings
    await using open = session
    const tried = async (what: string, answer: Promise<Answer>) =>
      findings.push({ what, expected: 'allowed', answer: await answer })
    if (subscribe !== undefined) await tried(`subscribe to ${subscribe}`, open.subscribe(subscribe))
    if (publish !== undefined) await tried(`publish to ${publish}`, open.publish(publish, message))
    // Waiting for what was not sent would take long and say nothing new.
    if (publish !== undefined && publish === subscribe && findings.every(holds)) {
      await tried(`receive from ${publish}`, open.receive(message))
    }
    return findings
  }
  const refusals = neighbours.flatMap((topic) => [
    ...(publish === undefined ? [] : [denied(`publish to ${topic}`, (open) => open.publish(topic, message))]),
    ...(subscribe === undefined ? [] : [denied(`subscribe to ${topic}`, (open) => open.subscribe(topic))]),
  ])
  async function denied(what: string, probe: (session: MqttSession) => Promise<Answer>): Promise<Finding[]> {
    return [{ what, expected: 'refused', answer: await confirmed(() => connected(probe)) }]
  }
  return (await Promise.all([granted(), ...refusals])).flat()
}

async function handshake(
  subject: Subject,
  vended: VendResponse,
  { foreignClientIds }: Plan,
  nonce: string,
): Promise<Finding[]> {
  const denied = async (what: string, clientId: string, tamper?: (url: string) => string): Promise<Finding> => {
    const answer = await confirmed(async () => {
      const { answer, session } = await subject.connect(vended, clientId, tamper)
      await session?.[Symbol.asyncDispose]()
      return answer
    })
    return { what, expected: 'refused', answer }
  }
  return Promise.all([
    ...foreignClientIds.map((clientId) => denied(`connect as ${clientId.replace(nonce, '…')}`, clientId)),
    denied('connect with a tampered signature', own(vended), tampered),
  ])
}

/** Whoever may assume the role without the vendor has all of it: no session policy limits that session. */
async function role(subject: Subject, userId: string): Promise<Finding[]> {
  const [identity, assumed] = await Promise.all([subject.callerIdentity(), subject.assumeRole()])
  const itself = identity.userId === userId
  return [
    { what: 'ask STS who is calling', expected: 'allowed', answer: identity.answer },
    {
      what: 'be taken for somebody else',
      expected: 'refused',
      answer:
        identity.answer.outcome === 'allowed' ? (itself ? refused('vended for itself') : allowed) : identity.answer,
    },
    { what: 'assume the role without the vendor, with no session policy', expected: 'refused', answer: assumed },
  ]
}

/** A connection that ends without a word may have been refused or lost; it is not lost twice in a row. */
async function confirmed(probe: () => Promise<Answer>): Promise<Answer> {
  const answer = await probe()
  return answer.outcome === 'refused' && answer.how === closed ? probe() : answer
}

/** A new one each time: AWS takes one CONNECT a second from a client ID. */
function own({ clientIdPrefix }: VendResponse): string {
  return clientIdPrefix + randomUUID()
}

/** Another last digit. */
function tampered(url: string): string {
  return url.replace(/(X-Amz-Signature=[0-9a-f]{63})([0-9a-f])/u, (_, begin: string, last: string) =>
    last === '0' ? `${begin}1` : `${begin}0`,
  )
}

function asked({ publish, subscribe }: Plan): string {
  if (publish === subscribe) return publish ?? 'nothing'
  return [publish, subscribe].filter((topic) => topic !== undefined).join(' and ')
}
