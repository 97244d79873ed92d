/**
 * What the function is told by its environment variables. The stack builds its `environment` of this type, so a variable
 * forgotten there does not compile.
 */
export type VendorEnvironment = {
  /** ARN of the role that sessions are made from. */
  readonly ROLE_ARN: string
  /** Host name of the IoT data plane, told to the user. */
  readonly IOT_ENDPOINT: string
  /** Seconds, 0 to 300, for which a session answers the same question again. Absent: 0, each question gets a new session. */
  readonly CACHE_SECONDS?: string
  /** Seconds, 1 to 86,400, in which AWS's quotas serve the whole fleet, told to every user. Absent: nothing is told. */
  readonly SPREAD_SECONDS?: string
}

/** {@link VendorEnvironment} as it is read, and what Lambda itself sets. */
export interface FunctionEnvironment {
  readonly roleArn: string
  readonly endpoint: string
  readonly region: string
  readonly functionName: string
  readonly cacheSeconds: number
  readonly spreadSeconds: number | undefined
}

/** @throws Error naming the variable and what is wrong with it; at cold start, so a broken deployment fails at once. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): FunctionEnvironment {
  const read = (name: keyof VendorEnvironment | 'AWS_REGION' | 'AWS_LAMBDA_FUNCTION_NAME'): string => {
    const value = env[name]
    if (value === undefined || value === '') throw new Error(`Environment variable ${name} is not set.`)
    return value
  }
  const cacheSeconds = env.CACHE_SECONDS ?? '0'
  if (!/^\d{1,3}$/u.test(cacheSeconds) || Number(cacheSeconds) > 300) {
    throw new Error(`Environment variable CACHE_SECONDS is '${cacheSeconds}'; it is a whole number from 0 to 300.`)
  }
  const spreadSeconds = env.SPREAD_SECONDS
  if (spreadSeconds !== undefined && (!/^[1-9]\d{0,4}$/u.test(spreadSeconds) || Number(spreadSeconds) > 86_400)) {
    throw new Error(`Environment variable SPREAD_SECONDS is '${spreadSeconds}'; it is a whole number from 1 to 86400.`)
  }
  return {
    roleArn: read('ROLE_ARN'),
    endpoint: read('IOT_ENDPOINT'),
    region: read('AWS_REGION'),
    functionName: read('AWS_LAMBDA_FUNCTION_NAME'),
    cacheSeconds: Number(cacheSeconds),
    spreadSeconds: spreadSeconds === undefined ? undefined : Number(spreadSeconds),
  }
}
