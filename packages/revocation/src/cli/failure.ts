import { withRemedy } from '@topic-credentials/project'

/** An error as the commands print it: what happened, and what to do. */
export function failureLine(error: unknown): string {
  const { name, message, remedy } = error as Error & { readonly remedy?: string }
  if (remedy === undefined) return `${name}: ${message}`
  return withRemedy({ message, remedy })
}
