/**
 * The environment variables of the check. The stack types its `environment` with it, so a missing variable is a compile error.
 */
export type CheckEnvironment = {
  /** Where to request credentials with an IAM signature. */
  readonly CREDENTIALS_URL: string
  /** Where users request credentials: the same URL, or one that expects a token. */
  readonly USERS_URL: string
  /** ARN of the role that sessions assume. */
  readonly ROLE_ARN: string
  /** `https://sts.<region>.amazonaws.com`. */
  readonly STS_URL: string
  /** The user ID that the vendor must use for the check: `{role}~{session}`, `{role}~` or `deploy-check~{session}`. */
  readonly OWN_USER: string
  /** The vendor's prefix of every user ID. */
  readonly USER_PREFIX?: string
  /** Name of the access table. Absent: there is none. */
  readonly ACCESS_TABLE?: string
  /** `https://dynamodb.<region>.amazonaws.com`. */
  readonly DYNAMODB_URL?: string
  /** Key of the check's own item in the table, the only one that it can write and delete: `role#<its role>`. */
  readonly OWN_ITEM?: string
  /** A topic filter beyond the ceiling. Absent: the ceiling covers all topics. */
  readonly BEYOND_CEILING?: string
}

/** The keys that requests are signed with. */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The access table, and the check's own item in it. */
export interface OwnItem {
  readonly url: URL
  readonly tableName: string
  readonly key: string
  readonly beyondCeiling: string | undefined
}

/** {@link CheckEnvironment} after parsing, plus the variables that Lambda sets. */
export interface FunctionEnvironment {
  readonly credentialsUrl: URL
  readonly usersUrl: URL
  readonly roleArn: string
  readonly stsUrl: URL
  readonly region: string
  readonly ownUser: string
  readonly userPrefix: string
  /** Undefined if the stack has no access table. */
  readonly ownItem: OwnItem | undefined
  /** Credentials of the check's own role. */
  readonly keys: Keys
  /** AWS_ENDPOINT_URL_STS is set, so this is a stand-in for AWS, where deployed changes are effective immediately. */
  readonly standIn: boolean
}

/** @throws Error naming the variable that is missing or is not a URL. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): FunctionEnvironment {
  const read = (name: string): string => {
    const value = env[name]
    if (value === undefined || value === '') throw new Error(`Environment variable ${name} is not set.`)
    return value
  }
  const url = (name: string, value = read(name)): URL => {
    if (URL.canParse(value)) return new URL(value)
    throw new Error(`Environment variable ${name} is '${value}', which is not a URL.`)
  }
  const sessionToken = env.AWS_SESSION_TOKEN
  const tableName = env.ACCESS_TABLE
  return {
    credentialsUrl: url('CREDENTIALS_URL'),
    usersUrl: url('USERS_URL'),
    roleArn: read('ROLE_ARN'),
    stsUrl: url('STS_URL', env.AWS_ENDPOINT_URL_STS ?? read('STS_URL')),
    region: read('AWS_REGION'),
    ownUser: read('OWN_USER'),
    userPrefix: env.USER_PREFIX ?? '',
    ownItem:
      tableName === undefined
        ? undefined
        : {
            url: url('DYNAMODB_URL', env.AWS_ENDPOINT_URL_DYNAMODB ?? read('DYNAMODB_URL')),
            tableName,
            key: read('OWN_ITEM'),
            beyondCeiling: env.BEYOND_CEILING,
          },
    keys: {
      accessKeyId: read('AWS_ACCESS_KEY_ID'),
      secretAccessKey: read('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    standIn: env.AWS_ENDPOINT_URL_STS !== undefined,
  }
}
