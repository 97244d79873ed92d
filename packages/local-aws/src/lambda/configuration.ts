import type { Clock } from '../clock.js'
import type { AccessKey } from '../iam/principal.js'
import type { Journal } from '../journal.js'
import type { LogLine } from './log-stream.js'

/** A function as declared in its template. Units are Lambda's: seconds and megabytes. */
export interface FunctionConfiguration {
  readonly functionName: string
  /** Includes the number for a version. */
  readonly arn: string
  /** `1`, `2`, …; absent for `$LATEST`. */
  readonly version?: string
  /** `nodejs24.x`, …: passed to the function in `AWS_EXECUTION_ENV`; the code runs on this machine's Node.js. */
  readonly runtime: string
  /** `index.handler`: module file without its extension, and the export. */
  readonly handler: string
  /** Folder with the unpacked deployment package. Copied for each process, so a function cannot change it. */
  readonly codeDirectory: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly roleArn: string
  readonly logGroup: string
  readonly logFormat: 'Text' | 'JSON'
  /** Further concurrent calls are throttled. Absent: calls beyond this machine's own limit wait for a free process. */
  readonly reservedConcurrency?: number | undefined
}

/** The environment of a function: the account's credentials and endpoints, the time, the journal. */
export interface LambdaHost {
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  /** File with the certificate authority of the stand-in's servers. */
  readonly caFile: string
  /** `AWS_ENDPOINT_URL_STS`, …: the stand-in's endpoints for the SDKs inside the function. */
  readonly endpoints: Readonly<Record<string, string>>
  /** A new session of the function's role, named after the function as on Lambda. */
  credentials(configuration: FunctionConfiguration): AccessKey
  /** Expiration of the session in milliseconds since the epoch, read for every call because a test may expire it early. */
  expiresAt(accessKeyId: string): number
  /** The lines of a log group: all versions of a function write to the same one. Absent: each keeps its own. */
  logs?(logGroup: string): LogLine[]
  /** Whether Lambda is down, so that no function is invoked. */
  down?(): boolean
}

/** The result of a synchronous invocation. */
export type InvocationResult =
  | { readonly outcome: 'ok'; readonly requestId: string; readonly payload: unknown }
  | {
      readonly outcome: 'failed'
      readonly requestId: string
      /**
       * - `handled`: the handler threw, or its module could not be loaded.
       * - `timeout`, `crash`: its process was terminated, or exited. The next call gets a new one.
       * - `throttled`: the function's reserved concurrency is used up; it was not invoked.
       * - `unavailable`: Lambda is down; it was not invoked.
       */
      readonly kind: 'handled' | 'timeout' | 'crash' | 'throttled' | 'unavailable'
      readonly errorType: string
      readonly errorMessage: string
    }
