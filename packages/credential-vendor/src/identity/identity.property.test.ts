import { describe, expect, it, jest } from '@jest/globals'
import { clientIdPrefix, encodeUserId, entitledTo, matches, parseEntitlements } from '@topic-credentials/grants'
import fc from 'fast-check'
import { VendError } from '../errors.js'
import { iamUsers, tokenEvent } from '../testing/events.js'
import { type AuthorizedEvent, backendRoute, type Caller, checkRoute, verifiedCaller } from './caller.js'
import type { IdentitySettings, Prover } from './settings.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(300_000)

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

function stack(provers: readonly Prover[], more: Partial<IdentitySettings> = {}): IdentitySettings {
  return { ...iamUsers, provers: new Set(provers), ...more }
}
const deployCheckRole = 'CheckRole'
const stacks: Readonly<Record<string, IdentitySettings>> = {
  iam: stack(['iam'], { guests: true }),
  'iam, roles as users': stack(['iam'], { roleSessions: 'role' }),
  jwt: stack(['jwt'], { deployCheckRole }),
  backend: stack(['backend'], { deployCheckRole }),
  'jwt and backend': stack(['jwt', 'backend'], { deployCheckRole }),
  'all, with a prefix': stack(['jwt', 'backend', 'iam'], { deployCheckRole, userPrefix: 'Staging~~' }),
}

/** Strings that collide often and look like separators, prefixes and other IDs. */
const piece = fc.constantFrom(
  'a',
  'b',
  'alice',
  'Dev',
  '~',
  'backend~',
  'deploy-check~',
  'iam~',
  'CheckRole',
  'Staging~~',
  ':',
  '/',
  '=7E',
  '=',
  '#',
  '*',
  'é',
  ' ',
  'a:client/',
  '==',
)
const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''))
const iamName = text.map((name) => name.replaceAll(/[^\w+=,.@-]/gu, '') || 'ab')
const identityId = fc
  .constantFrom(1, 2, 3)
  .map((digit) => `eu-west-1:${String(digit).repeat(8)}-2222-4333-8444-555555555555`)
const account = 'arn:aws:sts::123456789012:'

/** A caller and its identity: two callers with the same key are the same. */
interface Attempt {
  readonly key: string
  readonly event: AuthorizedEvent
}

function byIam(userArn: string, routeKey: string, more: object = {}): AuthorizedEvent {
  return { routeKey, requestContext: { authorizer: { iam: { userArn, cognitoIdentity: null, ...more } } } }
}

const post = 'POST /credentials'
const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  text.map((sub) => ({
    key: `jwt ${sub}`,
    event: { routeKey: post, ...tokenEvent({ sub, iss: 'https://id.example.com' }) },
  })),
  text.map((userId) => ({
    key: `backend ${userId}`,
    event: { ...byIam(`${account}assumed-role/Backend/b`, backendRoute), pathParameters: { userId } },
  })),
  iamName.map((name) => ({ key: `user ${name}`, event: byIam(`arn:aws:iam::123456789012:user/${name}`, post) })),
  fc.tuple(iamName, iamName).map(([role, session]) => ({
    key: `role ${role} ${session}`,
    event: byIam(`${account}assumed-role/${role}/${session}`, post),
  })),
  identityId.map((id) => ({
    key: `identity ${id}`,
    event: byIam(`${account}assumed-role/Auth/CognitoIdentityCredentials`, post, {
      cognitoIdentity: { amr: ['authenticated'], identityId: id, identityPoolId: 'eu-west-1:x' },
    }),
  })),
  iamName.map((session) => ({
    key: `check ${session}`,
    event: byIam(`${account}assumed-role/CheckRole/${session}`, checkRoute),
  })),
)

function callerOf(event: AuthorizedEvent, settings: IdentitySettings): Caller | undefined {
  try {
    return verifiedCaller(event, settings)
  } catch (error) {
    if (error instanceof VendError && error.code === 'caller_not_supported') return undefined
    throw error
  }
}

describe(`no two users of a stack share an ID or a topic (SEED=${seed})`, () => {
  it.each(Object.entries(stacks))('%s', (_, settings) => {
    let pairs = 0
    let accepted = 0
    const property = fc.property(fc.array(attempt, { minLength: 40, maxLength: 60, size: 'max' }), (attempts) => {
      const users = new Map<string, Caller>()
      for (const { key, event } of attempts) {
        const caller = callerOf(event, settings)
        const same = settings.roleSessions === 'role' ? key.replace(/^(role \S+) .*$/u, '$1') : key
        if (caller !== undefined) users.set(same, caller)
      }
      accepted += users.size
      const all = [...users.values()]
      for (const [index, one] of all.entries()) {
        for (const other of all.slice(index + 1)) {
          pairs++
          if (one.userId === other.userId) throw new Error(`both are ${one.userId}`)
          const [a, b] = [clientIdPrefix(one.userId), clientIdPrefix(other.userId)]
          if (a.startsWith(b) || b.startsWith(a)) throw new Error(`${a} and ${b}`)
          if (encodeUserId(one.userId) === encodeUserId(other.userId)) throw new Error(`both are ${a}`)
          if (
            matches(`users/${one.userId}/#`, `users/${other.userId}/x`) &&
            !/[/+#]/u.test(one.userId + other.userId)
          ) {
            throw new Error(`${one.userId} reads what ${other.userId} gets`)
          }
        }
      }
    })
    fc.assert(property, { seed, numRuns: 75 })
    process.stderr.write(`users, SEED=${seed}: ${accepted} accepted, ${pairs} pairs\n`)
    expect(pairs).toBeGreaterThan(4_000)
  })
})

describe(`the grants follow from the token and not from the strings of API Gateway (SEED=${seed})`, () => {
  const entitlements = parseEntitlements({
    entitlements: [
      { when: { 'claims.groups': 'operators' }, publish: ['ops'] },
      { when: { 'claims.groups': ['Former operators', 'é', '[a b]', '7', 'true'] }, publish: ['others'] },
      { when: { 'claims.realm.roles': 'operators' }, publish: ['realm'] },
      { publish: ['tenants/${claims.tenant}/x'] },
    ],
  })
  const word = fc.constantFrom(
    'operators',
    'Former operators',
    'a',
    'b',
    '[a b]',
    '[operators]',
    '',
    ' ',
    'é',
    '7',
    'true',
    'a/b',
    '+',
    '日本',
    '"',
    '😀',
    'null',
  )
  const value: fc.Arbitrary<unknown> = fc.oneof(
    word,
    fc.array(word, { maxLength: 4 }),
    fc.constantFrom(7, 0, -1, 0.5, 2 ** 53, -0, true, false, null, [], {}, [1], [['a']], ['a', null]),
    fc.record({ roles: fc.oneof(word, fc.array(word, { maxLength: 3 })) }, { requiredKeys: [] }),
  )
  const payload = fc.record(
    { sub: fc.constantFrom('alice', 'bob'), groups: value, realm: value, 'realm.roles': value, tenant: value },
    { requiredKeys: ['sub'] },
  )

  /** The grants according to the token, without the strings of API Gateway. */
  function oracle({ groups, realm, tenant, ...others }: Readonly<Record<string, unknown>>): readonly string[] {
    const texts = (claim: unknown): readonly string[] => {
      if (Array.isArray(claim)) return claim.every((member) => typeof member === 'string') ? (claim as string[]) : []
      if (typeof claim === 'string' || typeof claim === 'boolean') return [String(claim)]
      return Number.isSafeInteger(claim) && !Object.is(claim, -0) ? [String(claim)] : []
    }
    const nested =
      typeof realm === 'object' && realm !== null && !Array.isArray(realm) && 'roles' in realm ? realm.roles : null
    const flat = known(others['realm.roles'])
    const roles = flat === undefined ? texts(nested) : nested === null ? texts(flat) : []
    const tenants = texts(tenant)
    const usable = tenants.every((each) => each !== '' && !/[/+#]/u.test(each))
    return [
      ...(texts(groups).includes('operators') ? ['ops'] : []),
      ...(texts(groups).some((each) => ['Former operators', 'é', '[a b]', '7', 'true'].includes(each))
        ? ['others']
        : []),
      ...(roles.includes('operators') ? ['realm'] : []),
      ...(usable ? [...new Set(tenants)].map((each) => `tenants/${each}/x`) : []),
    ]
  }

  /** Omits claims without a recorded string form. */
  function known(claim: unknown): unknown {
    if (claim === null || claim === undefined) return undefined
    if (Array.isArray(claim)) return claim.every((member) => typeof member === 'string') ? claim : undefined
    return typeof claim === 'number' && (!Number.isSafeInteger(claim) || Object.is(claim, -0)) ? undefined : claim
  }

  it('10,000 tokens: lists, nested, blanks, brackets, Unicode, numbers', () => {
    let granted = 0
    const settings = stack(['jwt'])
    const property = fc.property(payload, (claims) => {
      const caller = verifiedCaller(
        { routeKey: post, ...tokenEvent({ iss: 'https://id.example.com', ...claims }) },
        settings,
      )
      const { publish } = entitledTo(entitlements, caller).grants
      granted += publish.length
      expect(publish).toEqual(oracle(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>))
    })
    fc.assert(property, { seed, numRuns: 10_000 })
    expect(granted).toBeGreaterThan(2_000)
  })
})
