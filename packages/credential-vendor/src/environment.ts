import { parseJson, spreadLimits } from '@topic-credentials/grants'
import { type IdentitySettings, type Prover, provers } from './identity/settings.js'

/** Range of `CACHE_SECONDS`, for which a repeated request gets the same session. */
export const cacheLimits = { minimum: 0, maximum: 300 } as const

/**
 * The environment variables of the function. The stack types its `environment` with it, so a missing variable is a compile error.
 */
export type VendorEnvironment = {
  /** ARN of the role that sessions assume. */
  readonly ROLE_ARN: string
  /** Host name of the IoT data plane, returned to the client. */
  readonly IOT_ENDPOINT: string
  /** ID of the only HTTP API whose events are accepted. */
  readonly API_ID: string
  /** The provers that name the users of this stack: `iam`, `jwt` and `backend`, comma-separated. */
  readonly PROVERS: string
  /** Name of the access table. Absent: the entitlements file alone decides. */
  readonly ACCESS_TABLE?: string
  /** ARN of the app's own function, which returns additional grants. Absent: there is none. */
  readonly ACCESS_FUNCTION?: string
  /** The claim with the groups of a token. Absent: `groups`. */
  readonly GROUPS_CLAIM?: string
  /** What the topic role covers beyond the file: a JSON list of topic filters. Absent: only the role's own policy limits the grants. */
  readonly CEILING?: string
  /** Prefix of every user ID. Absent: none, as in the stack `TopicCredentials`. */
  readonly USER_PREFIX?: string
  /** `role`: every session of a role is the same user. Absent or `session`: each session name is a user. */
  readonly ROLE_SESSIONS?: string
  /** `allowed`: unauthenticated identities of an identity pool are users. */
  readonly GUESTS?: string
  /** Name of the deploy check's role, if the check has its own route. */
  readonly DEPLOY_CHECK_ROLE?: string
  /** Seconds, 0 to 300, for which a repeated request gets the same session. Absent: 0, each request gets a new session. */
  readonly CACHE_SECONDS?: string
  /** Seconds, 1 to 86,400, in which AWS's quotas can serve the whole fleet; returned to every client. Absent: not returned. */
  readonly SPREAD_SECONDS?: string
  /** `off`: session policies never use the dense form. Absent: they use it if no other form fits. */
  readonly DENSE?: 'off'
}

/** {@link VendorEnvironment} after parsing, plus the variables that Lambda sets. */
export interface FunctionEnvironment {
  readonly roleArn: string
  readonly endpoint: string
  readonly apiId: string
  readonly region: string
  readonly functionName: string
  readonly identity: Omit<IdentitySettings, 'accountId'>
  readonly cacheSeconds: number
  readonly spreadSeconds: number | undefined
  readonly dense: boolean
  readonly accessTable: string | undefined
  readonly accessFunction: string | undefined
  readonly groupsClaim: string
  readonly ceiling: readonly string[] | undefined
}

/** @throws Error naming the variable and its value, at cold start, so that a broken deployment fails immediately. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): FunctionEnvironment {
  const read = (name: keyof VendorEnvironment | 'AWS_REGION' | 'AWS_LAMBDA_FUNCTION_NAME'): string => {
    const value = env[name]
    if (value === undefined || value === '') throw new Error(`Environment variable ${name} is not set.`)
    return value
  }
  const seconds = (
    name: keyof VendorEnvironment,
    { minimum, maximum }: { minimum: number; maximum: number },
  ): number => {
    const value = env[name] ?? ''
    if (/^(0|[1-9]\d{0,5})$/u.test(value) && Number(value) >= minimum && Number(value) <= maximum) return Number(value)
    throw new Error(`Environment variable ${name} is '${value}'; it must be an integer from ${minimum} to ${maximum}.`)
  }
  return {
    roleArn: read('ROLE_ARN'),
    endpoint: read('IOT_ENDPOINT'),
    apiId: read('API_ID'),
    region: read('AWS_REGION'),
    functionName: read('AWS_LAMBDA_FUNCTION_NAME'),
    identity: readIdentity(env),
    cacheSeconds: env.CACHE_SECONDS === undefined ? 0 : seconds('CACHE_SECONDS', cacheLimits),
    spreadSeconds: env.SPREAD_SECONDS === undefined ? undefined : seconds('SPREAD_SECONDS', spreadLimits),
    dense: readDense(env.DENSE),
    accessTable: env.ACCESS_TABLE,
    accessFunction:
      env.ACCESS_FUNCTION === undefined ? undefined : functionArn(env.ACCESS_FUNCTION, read('AWS_REGION')),
    groupsClaim: env.GROUPS_CLAIM ?? 'groups',
    ceiling: env.CEILING === undefined ? undefined : filters(env.CEILING),
  }
}

function readDense(value: string | undefined): boolean {
  if (value === undefined || value === 'off') return value === undefined
  throw new Error(`Environment variable DENSE is '${value}'; it must be 'off' or absent.`)
}

function readIdentity(env: Readonly<Record<string, string | undefined>>): Omit<IdentitySettings, 'accountId'> {
  const oneOf = <T extends string>(name: string, value: string, known: readonly T[]): T => {
    const found = known.find((each) => each === value)
    if (found !== undefined) return found
    throw new Error(`Environment variable ${name} is '${value}'; it must be one of ${known.join(', ')}.`)
  }
  const named = (env.PROVERS ?? '').split(',').map((name): Prover => oneOf('PROVERS', name, provers))
  return {
    provers: new Set(named),
    userPrefix: env.USER_PREFIX ?? '',
    roleSessions: oneOf('ROLE_SESSIONS', env.ROLE_SESSIONS ?? 'session', ['session', 'role']),
    guests: oneOf('GUESTS', env.GUESTS ?? 'refused', ['refused', 'allowed']) === 'allowed',
    deployCheckRole: env.DEPLOY_CHECK_ROLE,
  }
}

function filters(text: string): readonly string[] {
  const list = parseJson(text)
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return list
  throw new Error(`Environment variable CEILING is '${text}'; it must be a JSON list of topic filters.`)
}

/** Checks the ARN: the function calls it in its own Region. */
function functionArn(text: string, ownRegion: string): string {
  const [, region] =
    /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:[\w-]{1,64}(?::[\w$-]{1,128})?$/u.exec(text) ?? []
  if (region === ownRegion) return text
  throw new Error(
    `Environment variable ACCESS_FUNCTION is '${text}'; it must be the ARN of a function in ${ownRegion}.`,
  )
}
