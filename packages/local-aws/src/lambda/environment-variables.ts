import type { AccessKey } from '../iam/principal.js'
import type { FunctionConfiguration, LambdaHost } from './configuration.js'

/**
 * All environment variables of a function's process, as set by Lambda
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). This process's own environment is not inherited: a developer's
 * `AWS_PROFILE`, proxy or `~/.aws` would make the function behave differently from the deployed one.
 *
 * @param home An empty folder. Node.js uses the password file if HOME is unset, and the SDKs would read `~/.aws` there.
 */
export function environmentVariables(
  configuration: FunctionConfiguration,
  host: LambdaHost,
  credentials: AccessKey,
  directories: { readonly task: string; readonly home: string },
  logStream: string,
): Record<string, string> {
  return {
    ...configuration.environment,
    ...host.endpoints,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_REGION: host.region,
    AWS_DEFAULT_REGION: host.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: configuration.version ?? '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    HOME: directories.home,
    LAMBDA_TASK_ROOT: directories.task,
    LANG: 'en_US.UTF-8',
    NODE_EXTRA_CA_CERTS: host.caFile,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TMPDIR: directories.home,
    TZ: ':UTC',
    _HANDLER: configuration.handler,
  }
}

/** Names that Lambda reserves and refuses in a function's own configuration. */
export function reservedVariables(environment: Readonly<Record<string, string>>): string[] {
  const reserved =
    /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION|LOG|INITIALIZATION|RUNTIME)_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/u
  return Object.keys(environment).filter((name) => reserved.test(name))
}
