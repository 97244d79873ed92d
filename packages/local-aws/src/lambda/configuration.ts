import type { Clock } from '../clock.js'
import type { AccessKey } from '../iam/principal.js'
import type { Journal } from '../journal.js'
import type { LogLine } from './log-stream.js'

/** A function as its template declares it. Units are Lambda's: seconds and megabytes. */
export interface FunctionConfiguration {
  readonly functionName: string
  /** With the version's number for a version. */
  readonly arn: string
  /** `1`, `2`, …; absent for `$LATEST`. */
  readonly version?: string
  /** `nodejs24.x`, …: handed to the function in `AWS_EXECUTION_ENV`; the code runs on this machine's Node.js. */
  readonly runtime: string
  /** `index.handler`: module file without its ending, and the export. */
  readonly handler: string
  /** Folder that holds the deployment package, unpacked. Copied for each process: a function cannot change it. */
  readonly codeDirectory: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly roleArn: string
  readonly logGroup: string
  readonly logFormat: 'Text' | 'JSON'
  /** A further concurrent call is throttled. Absent: calls beyond this machine's own limit wait for a free process. */
  readonly reservedConcurrency?: number
}

/** What the function's surroundings give it: the account's credentials and endpoints, the time, the journal. */
export interface LambdaHost {
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  /** File with the certificate authority that the stand-in's servers use. */
  readonly caFile: string
  /** `AWS_ENDPOINT_URL_STS`, …: where the SDKs inside the function find the stand-in's services. */
  readonly endpoints: Readonly<Record<string, string>>
  /** A new session of the function's role, named as Lambda names it: after the function. */
  credentials(configuration: FunctionConfiguration): AccessKey
  /** Milliseconds since the epoch at which the session ends, read at every call because a test may end it early. */
  expiresAt(accessKeyId: string): number
  /** The lines of a log group: all versions of a function write into one. Absent: each keeps its own. */
  logs?(logGroup: string): LogLine[]
  /** Whether Lambda is down, so that nothing is called. */
  down?(): boolean
}

/** What a synchronous call of a function gives its caller. */
export type InvocationResult =
  | { readonly outcome: 'ok'; readonly requestId: string; readonly payload: unknown }
  | {
      readonly outcome: 'failed'
      readonly requestId: string
      /**
       * - `handled`: the handler threw, or its module could not be loaded.
       * - `timeout`, `crash`: its process was ended, or ended itself. The next call gets a fresh one.
       * - `throttled`: the function's reserved concurrency is used up; it was not called.
       * - `unavailable`: Lambda is down; it was not called.
       */
      readonly kind: 'handled' | 'timeout' | 'crash' | 'throttled' | 'unavailable'
      readonly errorType: string
      readonly errorMessage: string
    }
