import { type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam'
import { describe, expect, it } from '@jest/globals'
import {
  beyond,
  ceilingPolicy,
  type Entitlements,
  grantsFor,
  parseEntitlements,
  parseGrantRule,
  reachOf,
  withCeiling,
} from '@topic-credentials/grants'
import fc from 'fast-check'
import { roleReach } from './role-reach.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' }

/** IAM with one inline policy of one role, percent-encoded as in its API. */
function iamWith(document: object | undefined): { iam: IAMClient; asked: unknown[] } {
  const asked: unknown[] = []
  const iam: Partial<IAMClient> = {
    send: (async ({ input }: { readonly input: unknown }) => {
      asked.push(input)
      if (document === undefined) throw new NoSuchEntityException({ message: 'none', $metadata: {} })
      return { PolicyDocument: encodeURIComponent(JSON.stringify(document)) }
    }) as IAMClient['send'],
  }
  return { iam: iam as IAMClient, asked }
}

interface Lists {
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
  readonly retain?: readonly string[]
}

/** The ceiling of a file and declared filters, as the construct writes it. */
function deployed(rules: readonly Lists[], declared: readonly string[] = []): object {
  return ceilingPolicy(withCeiling(parseEntitlements({ entitlements: rules }), declared), scope)
}

function all(filters: readonly string[]) {
  return { publish: filters, subscribe: filters, retain: filters }
}

/** Undefined for filters that one session policy cannot express together. */
function expressible(lists: Lists): Entitlements | undefined {
  try {
    return parseEntitlements({ entitlements: [lists] })
  } catch {
    return undefined
  }
}

async function missing(document: object | undefined, lists: Lists): Promise<readonly string[]> {
  const reach = await roleReach(iamWith(document).iam, 'topics')
  const rule = parseGrantRule({ publish: [], subscribe: [], retain: [], ...lists }, 'user#alice')
  return reach(rule).map(({ kind, filter }) => `${kind} ${filter}`)
}

describe('roleReach', () => {
  it('reads the policy of the construct, and treats a role without it as unlimited', async () => {
    const { iam, asked } = iamWith(undefined)
    const reach = await roleReach(iam, 'topics')
    expect(asked).toEqual([{ RoleName: 'topics', PolicyName: 'Ceiling' }])
    expect(reach(parseGrantRule(all(['anything/#']), 'x'))).toEqual([])
  })

  it.each<[Lists, readonly string[]]>([
    [{ publish: ['users/alice/x'] }, []],
    [{ publish: ['users/${userId}/x'], subscribe: ['users/+/x', 'users/alice/#'] }, []],
    [{ publish: ['tenants/t1/x'], subscribe: ['tenants/t1/#'], retain: ['tenants/t1/x'] }, []],
    [{ publish: ['news'], subscribe: ['news'] }, ['publish news']],
    [{ subscribe: ['users/#', 'other/x'] }, ['subscribe users/#', 'subscribe other/x']],
    [{ subscribe: ['#'] }, ['subscribe #']],
    // IAM evaluates the whole filter with its group.
    [{ subscribe: ['$share/group/users/alice/x'] }, ['subscribe $share/group/users/alice/x']],
    [{ publish: ['tenants/t1'] }, ['publish tenants/t1']],
    [{ retain: ['users/alice/x'] }, ['retain users/alice/x']],
  ])('%j exceeds the ceiling by %j', async (lists, expected) => {
    const rules = [{ publish: ['users/${userId}/#'], subscribe: ['users/${userId}/#', 'news'] }]
    expect(await missing(deployed(rules, ['tenants/+/#']), lists)).toEqual(expected)
  })

  it.each<[readonly string[], readonly string[], readonly string[]]>([
    // A "+" in the ceiling is one level, although IAM's "*" matches many.
    [
      ['tenants/+'],
      ['tenants/t1', 'tenants/+', 'tenants/t1/x', 'tenants/+/x', 'tenants/#'],
      ['tenants/t1/x', 'tenants/+/x', 'tenants/#'],
    ],
    [['+'], ['a', '+', 'a/#', '#'], ['a/#', '#']],
    [['+/b'], ['a/b', '+/b', 'a/c/b', 'a/#'], ['a/c/b', 'a/#']],
  ])('with the ceiling %j, %j exceeds it by %j', async (declared, subscribe, expected) => {
    expect(await missing(deployed([{ subscribe: ['x'] }], declared), { subscribe })).toEqual(
      expected.map((filter) => `subscribe ${filter}`),
    )
  })

  it(`agrees with the vendor: every grant that it accepts is vended (SEED=${seed})`, async () => {
    const level = fc.constantFrom('a', 'b', 'users', '+', '*', '?', '$', 'a*', '${claims.x}')
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, isDeep]) => [...levels, ...(isDeep ? ['#'] : [])].join('/'))
      .filter((text) => !text.startsWith('$'))
    const plain = filter.filter((text) => !text.includes('${'))
    let written = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(filter, { minLength: 1, maxLength: 3 }),
        fc.array(plain, { maxLength: 2 }),
        fc.array(plain, { minLength: 1, maxLength: 3 }),
        async (subscribe, declared, granted) => {
          const file = expressible({ subscribe })
          // Otherwise the policy is wider than the ceiling, and only the vendor refuses the excess.
          const open = subscribe.map((text) => text.replaceAll(/\$\{[^}]*\}/gu, '+'))
          fc.pre(file !== undefined && expressible({ subscribe: [...open, ...declared] }) !== undefined)
          const beyondRole = await missing(deployed([{ subscribe }], declared), { subscribe: granted })
          const rule = parseGrantRule({ publish: [], subscribe: granted, retain: [] }, 'user#alice')
          const grants = grantsFor({ ...file, rules: [rule] }, { userId: 'alice', claims: {} })
          const beyondVendor = beyond(reachOf(file, declared), grants)
          if (beyondRole.length > 0) return
          written += 1
          expect(beyondVendor).toEqual([])
        },
      ),
      { seed, numRuns: 400 },
    )
    // Without this, the test could pass without a comparison.
    expect(written).toBeGreaterThan(0)
  })
})
