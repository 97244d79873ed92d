import { type Table, tableReader } from '@topic-credentials/access'
import type { FunctionEnvironment } from '../environment.js'
import { functionCredentials } from '../sts/function-credentials.js'

/** The function's client for the access table. Undefined if the stack has none. */
export function accessTable(
  { accessTable: tableName, region }: FunctionEnvironment,
  env: NodeJS.ProcessEnv,
): Pick<Table, 'read'> | undefined {
  if (tableName === undefined) return undefined
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return tableReader({
    tableName,
    region,
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? `https://dynamodb.${region}.${domain}`,
    credentials: functionCredentials(env),
    // Two attempts and the pause between them leave STS the rest of the function's ten seconds.
    timeoutMs: 1_500,
    attempts: 2,
    // A hundred items of ordinary size. A longer response is an error.
    longestAnswer: 1024 * 1024,
  })
}
