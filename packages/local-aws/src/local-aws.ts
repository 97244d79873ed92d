import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account } from './account.js'
import type { HttpApi } from './apigateway/index.js'
import { type Clock, systemClock } from './clock.js'
import type { RealisedStack } from './cloudformation/index.js'
import { readAssembly } from './cloudformation/template/assembly.js'
import { type Faults, faultsOf } from './faults.js'
import type { AccessKey, Directory } from './iam/index.js'
import type { IotDataPlane } from './iot/index.js'
import type { Journal } from './journal.js'
import type { FunctionRuntime, LogLine } from './lambda/index.js'
import type { PackedPolicyEstimate, Sts } from './sts/index.js'
import { createTlsMaterialAside } from './tls.js'

export interface LocalAwsOptions {
  /** Folder that `cdk synth` writes: `cdk.out`. */
  readonly assembly: string
  /** Default: the stack's own, or `us-east-1` where the app leaves it open. */
  readonly region?: string
  /** Default: the stack's own, or `123456789012`. */
  readonly accountId?: string
  /** 0, the default, takes any free port. */
  readonly ports?: {
    readonly iot?: number
    readonly api?: number
    readonly sts?: number
    readonly iam?: number
    readonly dynamodb?: number
    readonly plain?: number
  }
  readonly clock?: Clock
  readonly journal?: Journal
  /** Values of template parameters. */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * Whether the functions run that a deployment waits for (`Custom::Trigger`), and can fail it. Default true; a start
   * without them is faster and proves nothing about the stack.
   */
  readonly triggers?: boolean
  /**
   * Called when every endpoint answers, before the triggers have run: they may still fail the deployment, and then all of
   * it ends.
   */
  readonly serving?: (served: Served) => void
  /**
   * Which estimate of the packed size STS refuses session policies by: AWS does not publish how it packs. Default: `high`, the worst that
   * the published sizes allow.
   */
  readonly packedPolicy?: PackedPolicyEstimate
  /** PEM of certificate authorities that JWT authorizers trust as well, for an issuer that runs on this machine. */
  readonly trust?: string
  /** Pages for the plain origin. Answers whether there is one; where there is none, the vendor's API answers. */
  readonly site?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
}

/**
 * `iot` is host and port, the others are URLs. `dynamodb` is there when what is deployed has a table. `plain` is vendor and data plane once
 * more, on one origin without TLS: for browsers of this machine.
 */
export interface Endpoints {
  readonly sts: string
  readonly iam: string
  readonly api: string
  readonly iot: string
  readonly dynamodb?: string
  readonly plain: string
}

/** Where a stand-in is to be found. */
export interface Served {
  /** Different at each start. */
  readonly id: string
  readonly region: string
  readonly accountId: string
  /** File with the PEM of the certificate authority, for `NODE_EXTRA_CA_CERTS`, `AWS_CA_BUNDLE` and the like. */
  readonly caFile: string
  readonly endpoints: Endpoints
}

/** A running stand-in. */
export interface LocalAws extends Served, AsyncDisposable {
  /** As `cdk deploy --outputs-file` writes them: by stack, by output. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly stacks: readonly RealisedStack[]
  /** PEM of the certificate authority that every endpoint's certificate is from; made at each start. */
  readonly ca: string
  readonly directory: Directory
  readonly iot: IotDataPlane
  readonly sts: Sts
  /** By function name. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>
  /** An IAM user that may call the API and may not assume the role. */
  readonly developer: AccessKey
  /**
   * An IAM user that may revoke, and say who may have what: change inline policies of roles, end MQTT connections, read and write
   * tables. Not what the developer may.
   */
  readonly operator: AccessKey
  readonly faults: Faults
  /** Lines of a function, by its name, or of a log group; in order. */
  logs(name: string): readonly LogLine[]
  /** A further user with its key. Without a policy: the developer's. */
  createUser(name: string, policyDocument?: unknown): AccessKey
  /** Adds or replaces an inline policy of a role, under live sessions too. */
  putRolePolicy(roleName: string, policyName: string, document: unknown): void
  deleteRolePolicy(roleName: string, policyName: string): void
  /** Ends everything: sockets, processes, files. Resolves when nothing is left; may be called twice. */
  close(): Promise<void>
}

/**
 * Realises a synthesized cloud assembly on this machine and serves it: STS, IAM, the HTTP API and the IoT data plane, over TLS on
 * 127.0.0.1, with signatures verified and policies enforced.
 *
 * @throws RealisationError for an assembly that cannot be realised, by name; the system's error for a port that is taken.
 *   Nothing is left running then.
 * @example
 * await using aws = await startLocalAws({ assembly: 'cdk.out' })
 * aws.outputs.TopicCredentials?.CredentialsUrl // 'https://localhost:49153/credentials'
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const stacks = await readAssembly(options.assembly)
  const region = settle('region', stacks, options.region) ?? 'us-east-1'
  const accountId = settle('accountId', stacks, options.accountId) ?? '123456789012'
  const {
    clock = systemClock,
    journal = () => {},
    ports = {},
    parameters = {},
    triggers = true,
    packedPolicy = 'high',
    trust,
    site,
  } = options
  const making = createTlsMaterialAside()
  making.catch(() => {}) // thrown where it is awaited
  // Loaded here: many who import this package only look for a stand-in that runs already.
  const { Account } = await import('./account.js')
  const { realise } = await import('./cloudformation/index.js')
  const settings = { id: randomUUID(), region, accountId, clock, journal, ports, triggers, packedPolicy }
  const account = await Account.open({ ...settings, ...(trust && { trust }), ...(site && { site }) }, await making)
  try {
    const services = account.services()
    const exports = new Map<string, string>()
    const realised: RealisedStack[] = []
    const standing = async () => {
      // Without an API in the assembly there is still one to ask whether the stand-in is alive.
      const [api = await services.createHttpApi('none', undefined)] = account.apis
      options.serving?.(whereIs(account, api))
    }
    for (const stack of stacks) {
      realised.push(await realise(stack, services, exports, parameters, stack === stacks.at(-1) ? standing : undefined))
    }
    const [api = await services.createHttpApi('none', undefined)] = account.apis
    return describe(account, realised, api)
  } catch (error) {
    await account.close()
    throw error
  }
}

function whereIs({ settings, caFile, sts, iam, iot, dynamodb, plain }: Account, api: HttpApi): Served {
  return {
    id: settings.id,
    region: settings.region,
    accountId: settings.accountId,
    caFile,
    endpoints: {
      sts: sts.url,
      iam: iam.url,
      api: api.endpoint,
      iot: iot.endpoint,
      plain: plain.url,
      ...(dynamodb === undefined ? {} : { dynamodb: dynamodb.url }),
    },
  }
}

function describe(account: Account, stacks: readonly RealisedStack[], api: HttpApi): LocalAws {
  const { directory, sts, iot, settings } = account
  const { region, accountId } = settings
  const mayCall = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:${region}:${accountId}:*` },
    ],
  }
  const createUser = (name: string, policyDocument: unknown = mayCall) =>
    directory.createUser(name, { permissions: policyDocument }).accessKey
  const functions = [...account.functions.values()].map((one) => [one.configuration.functionName, one] as const)
  return {
    ...whereIs(account, api),
    outputs: Object.fromEntries(stacks.map(({ stackName, outputs }) => [stackName, outputs])),
    stacks,
    ca: account.tls.ca,
    directory,
    iot,
    sts,
    functions: new Map(functions),
    developer: createUser('developer'),
    operator: createUser('operator', mayRevoke(region, accountId)),
    faults: faultsOf(account, api),
    logs: (name) => account.logs(name),
    createUser,
    putRolePolicy: (roleName, policyName, document) => directory.putRolePolicy(roleName, policyName, document),
    deleteRolePolicy: (roleName, policyName) => directory.deleteRolePolicy(roleName, policyName),
    close: () => account.close(),
    [Symbol.asyncDispose]: () => account.close(),
  }
}

function mayRevoke(region: string, accountId: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'iam:GetRole',
          'iam:ListRolePolicies',
          'iam:GetRolePolicy',
          'iam:PutRolePolicy',
          'iam:DeleteRolePolicy',
        ],
        Resource: `arn:aws:iam::${accountId}:role/*`,
      },
      {
        Effect: 'Allow',
        Action: ['iot:DeleteConnection', 'iot:GetConnection'],
        Resource: `arn:aws:iot:${region}:${accountId}:client/*`,
      },
      {
        Effect: 'Allow',
        Action: [
          'dynamodb:BatchGetItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Scan',
        ],
        Resource: `arn:aws:dynamodb:${region}:${accountId}:table/*`,
      },
    ],
  }
}

/** The one region (or account) that everything is in. Stacks that name different ones cannot be served together. */
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
      throw new RangeError(`The stack ${stack.stackName} is for ${what} ${own}; it cannot be realised in ${found}`)
    }
    found = own
  }
  return found
}
