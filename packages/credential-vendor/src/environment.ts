/**
 * What the function is told by its environment variables. The stack builds its `environment` of this type, so a variable
 * forgotten there does not compile.
 */
export type VendorEnvironment = {
  /** ARN of the role that sessions are made from. */
  readonly ROLE_ARN: string
  /** Host name of the IoT data plane, told to the user. */
  readonly IOT_ENDPOINT: string
}

/** {@link VendorEnvironment}, and what Lambda itself sets. */
export type FunctionEnvironment = VendorEnvironment & { readonly AWS_REGION: string }

/** @throws Error naming the variable that is not set; at cold start, so a broken deployment fails at once. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): FunctionEnvironment {
  const read = (name: keyof FunctionEnvironment): string => {
    const value = env[name]
    if (value === undefined || value === '') throw new Error(`Environment variable ${name} is not set.`)
    return value
  }
  return { ROLE_ARN: read('ROLE_ARN'), IOT_ENDPOINT: read('IOT_ENDPOINT'), AWS_REGION: read('AWS_REGION') }
}
