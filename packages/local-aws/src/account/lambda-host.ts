import type { Directory } from '../iam/index.js'
import type { Functions, LambdaHost } from '../lambda/index.js'

/** Seconds. A function's process is replaced before its role's session expires. */
const functionSessionSeconds = 12 * 60 * 60

interface Surroundings extends Pick<LambdaHost, 'region' | 'clock' | 'journal' | 'caFile'> {
  readonly directory: Directory
  readonly functions: Functions
  down(): boolean
  /** Read when a process starts: everything has been deployed by then. */
  endpoints(): LambdaHost['endpoints']
}

/** The account's interface for a function's process. */
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
        // The qualifier of a version is not part of its name.
        sourceFunctionArn: arn.split(':').slice(0, 7).join(':'),
      })
    },
    expiresAt: (accessKeyId) => directory.accessKey(accessKeyId)?.expiresAt ?? 0,
  }
}
