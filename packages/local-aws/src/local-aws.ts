import { randomUUID } from 'node:crypto'
import type { Account } from './account/account.js'
import { developerPolicy, operatorPolicy } from './account/users.js'
import { systemClock } from './clock.js'
import { describeStack } from './cloudformation/stacks/describe.js'
import { readAssembly } from './cloudformation/template/assembly.js'
import { faultsOf } from './faults.js'
import type { LocalAws, LocalAwsOptions, Served } from './local-aws-types.js'
import { Keeper } from './saved/keeper.js'
import { createTlsMaterialAside } from './tls.js'

/**
 * Deploys a synthesized cloud assembly on this machine and serves it: STS, IAM, the HTTP API and the IoT data plane, over TLS on 127.0.0.1,
 * with verified signatures and enforced policies.
 *
 * @throws RealisationError for an assembly that cannot be deployed, by name; the system's error if a port is in use. Everything is stopped
 *   then.
 * @example
 * await using aws = await startLocalAws({ assembly: 'cdk.out' })
 * aws.outputs.TopicCredentials?.CredentialsUrl // 'https://localhost:49153/credentials'
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { state, fresh = false } = options
  if (state === undefined) return start(options, async () => {})
  const { emptyFolder, lockFolder } = await import('./saved/folder-lock.js')
  const release = await lockFolder(state)
  try {
    if (fresh) await emptyFolder(state)
    return await start(options, release)
  } catch (error) {
    await release()
    throw error
  }
}

/** @param release releases the account's folder, after the last write */
async function start(options: LocalAwsOptions, release: () => Promise<void>): Promise<LocalAws> {
  const stacks = options.assembly === undefined ? [] : await readAssembly(options.assembly)
  const region = settle('region', stacks, options.region) ?? 'us-east-1'
  const accountId = settle('accountId', stacks, options.accountId) ?? '123456789012'
  const {
    clock = systemClock,
    journal = () => {},
    ports = {},
    parameters = {},
    triggers = true,
    packedPolicy = 'high',
    typeWildcards = 'match',
    switches = {},
    ignoreUnknown = false,
  } = options
  const { trust, site, observer, caFolder } = options
  const making = createTlsMaterialAside()
  making.catch(() => {}) // it is thrown at the await below
  // Loaded here, because many importers of this package only look for a running stand-in.
  const { Account } = await import('./account/account.js')
  const { realise } = await import('./cloudformation/index.js')
  const file = options.state === undefined ? undefined : await openAccountFile(options.state)
  const saved = await file?.read()
  const keeper = file && new Keeper(file)
  const account = await Account.open(
    {
      ...{ id: randomUUID(), region: saved?.region ?? region, accountId: saved?.accountId ?? accountId },
      ...{ clock, journal, ports, triggers, packedPolicy, typeWildcards, switches, ignoreUnknown },
      ...{ trust, site, observer, caFolder, folder: file?.folder, saved },
      changed: () => {
        options.changed?.()
        keeper?.changed()
      },
    },
    await making,
  )
  try {
    // The endpoints respond before the deploy check has ended, which takes longer than the rest of the start. The stand-in is announced afterwards.
    const standing = async () => options.serving?.(whereIs(account))
    if (stacks.length === 0) await standing()
    for (const stack of stacks) {
      await realise(stack, account.stacks, parameters, stack === stacks.at(-1) ? standing : undefined)
    }
    const aws = describe(account, keeper, release)
    keeper?.keep(account)
    return aws
  } catch (error) {
    await account.close()
    throw error
  }
}

async function openAccountFile(folder: string) {
  const { AccountFile } = await import('./saved/account-file.js')
  return new AccountFile(folder)
}

function whereIs({ settings, caFile, sts, iam, iot, dynamodb, apis, endpoint, plain, issuerUrl }: Account): Served {
  return {
    id: settings.id,
    region: settings.region,
    accountId: settings.accountId,
    caFile,
    endpoints: {
      sts: sts.url,
      iam: iam.url,
      api: apis.first?.endpoint ?? endpoint.url,
      iot: iot.endpoint,
      ...(dynamodb === undefined ? {} : { dynamodb: dynamodb.url }),
      plain: plain.url,
      ...(issuerUrl === undefined ? {} : { issuer: issuerUrl }),
      endpoint: endpoint.url,
    },
  }
}

function describe(account: Account, keeper: Keeper | undefined, release: () => Promise<void>): LocalAws {
  const { directory, sts, iot, settings } = account
  const createUser = (name: string, policyDocument: unknown = developerPolicy(settings)) => {
    const { accessKey } = directory.createUser(name, { permissions: policyDocument })
    keeper?.changed()
    return accessKey
  }
  const close = async () => {
    await keeper?.end()
    await account.close()
    await release()
  }
  const stacks = () =>
    account.stacks
      .list()
      .filter(({ deletedAt }) => deletedAt === undefined)
      .map(describeStack)
  return {
    ...whereIs(account),
    get endpoints() {
      return whereIs(account).endpoints
    },
    get outputs() {
      return Object.fromEntries(stacks().map(({ stackName, outputs }) => [stackName, outputs]))
    },
    get stacks() {
      return stacks()
    },
    ca: account.tls.ca,
    directory,
    iot,
    sts,
    get functions() {
      return account.functions.byName
    },
    developer: directory.userKey('developer') ?? createUser('developer'),
    operator: directory.userKey('operator') ?? createUser('operator', operatorPolicy(settings)),
    faults: faultsOf(account),
    get callers() {
      return account.callers
    },
    signInSecret: account.signInSecret,
    signIn: (request) => account.signIn(request),
    deploy: async (assembly, { standing = false } = {}) => {
      const { redeploy } = await import('./cloudformation/index.js')
      const all = await readAssembly(assembly)
      const read = standing ? all.filter(({ stackName }) => account.stacks.find(stackName) !== undefined) : all
      if (keeper === undefined) return redeploy(read, account.stacks)
      const { uploadAssets } = await import('./saved/upload-assets.js')
      const place = { buckets: account.buckets, ...settings, now: account.clock.now() }
      for (const stack of read) await uploadAssets(stack, place)
      const uploaded = read.map((stack) => ({ ...stack, assets: new Map<string, string>() }))
      return redeploy(uploaded, account.stacks)
    },
    plan: async (assembly) => {
      const { planRedeployment } = await import('./cloudformation/index.js')
      return planRedeployment(await readAssembly(assembly), account.stacks)
    },
    get deployedAt() {
      const times = account.stacks
        .list()
        .flatMap(({ deletedAt, updatedAt }) => (deletedAt === undefined ? (updatedAt ?? []) : []))
      return times.length === 0 ? undefined : Math.max(...times)
    },
    logs: (name) => account.functions.logs(name),
    createUser,
    createSession: ({ roleName, ...session }, policyDocument = developerPolicy(settings)) => {
      const role =
        directory.role(roleName) ??
        directory.createRole({ roleName, trustPolicy: uncheckedTrust, inlinePolicies: { Permissions: policyDocument } })
      return directory.addSession({ role, durationSeconds: 3_600, ...session })
    },
    putRolePolicy: (roleName, policyName, document) => directory.putRolePolicy(roleName, policyName, document),
    deleteRolePolicy: (roleName, policyName) => directory.deleteRolePolicy(roleName, policyName),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A role must trust a principal; sessions are created here without checking it. */
const uncheckedTrust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

/** The only Region (or account) of all stacks. Stacks with different ones cannot be served together. */
function settle(
  what: 'region' | 'accountId',
  stacks: readonly {
    readonly stackName: string
    readonly region: string | undefined
    readonly accountId: string | undefined
  }[],
  wanted: string | undefined,
): string | undefined {
  let found = wanted
  for (const stack of stacks) {
    const own = stack[what]
    if (own === undefined) continue
    if (found !== undefined && found !== own) {
      throw new RangeError(`The stack ${stack.stackName} is for ${what} ${own}; it cannot be deployed in ${found}`)
    }
    found = own
  }
  return found
}
