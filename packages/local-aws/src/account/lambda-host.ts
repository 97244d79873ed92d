import type { Clock } from '../clock.js'
import type { Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { Functions, LambdaHost } from '../lambda/index.js'

/** Seconds. A function's process is retired before its role's session ends. */
const functionSessionSeconds = 12 * 60 * 60

interface Surroundings {
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  readonly caFile: string
  readonly directory: Directory
  readonly functions: Functions
  down(): boolean
  /** Read when a process starts: by then all that was deployed is there. */
  endpoints(): LambdaHost['endpoints']
}

/** What the account is to a function's process. */
export function lambdaHost({ directory, functions, endpoints, ...surroundings }: Surroundings): LambdaHost {
  return {
    ...surroundings,
    logs: (logGroup) => functions.logGroup(logGroup),
    get endpoints() {
      return endpoints()
    },
    credentials: ({ functionName, roleArn, arn }) => {
      const role = directory.role(roleArn)
      if (role === undefined) throw new Error(`The role ${roleArn} of the function ${functionName} does not exist`)
      return directory.addSession({
        role,
        sessionName: functionName,
        durationSeconds: functionSessionSeconds,
        // A version's own number is no part of it.
        sourceFunctionArn: arn.split(':').slice(0, 7).join(':'),
      })
    },
    expiresAt: (accessKeyId) => directory.accessKey(accessKeyId)?.expiresAt ?? 0,
  }
}
