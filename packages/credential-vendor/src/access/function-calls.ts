import { signedCalls, type Table, tableReader } from '@topic-credentials/access'
import type { FunctionEnvironment } from '../environment.js'
import { functionCredentials } from '../sts/function-credentials.js'
import { appSource } from './app-source.js'
import type { AccessSource } from './source.js'

/** The function's client for the access table. Undefined if the stack has none. */
export function accessTable(
  { accessTable: tableName, region }: FunctionEnvironment,
  env: NodeJS.ProcessEnv,
): Pick<Table, 'read'> | undefined {
  if (tableName === undefined) return undefined
  return tableReader({
    tableName,
    region,
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? endpointOf('dynamodb', region),
    credentials: functionCredentials(env),
    // Two attempts and the pause between them leave STS the rest of the function's ten seconds.
    timeoutMs: 1_500,
    attempts: 2,
    // Enough for a hundred items of ordinary size. A longer response is an error.
    longestAnswer: 1024 * 1024,
  })
}

/** The app's own function as a source. Undefined if the stack has none. */
export function appFunction(
  { accessFunction: functionArn, region }: FunctionEnvironment,
  env: NodeJS.ProcessEnv,
): AccessSource | undefined {
  if (functionArn === undefined) return undefined
  const endpoint = env.AWS_ENDPOINT_URL_LAMBDA ?? endpointOf('lambda', region)
  const call = signedCalls({ service: 'lambda', region, endpoint, credentials: functionCredentials(env) })
  // One attempt, which can include a cold start. The table is read in parallel.
  return appSource({ functionArn, call, timeoutMs: 3_000 })
}

function endpointOf(service: string, region: string): string {
  return `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`
}
