import { commandLine, sourcesOf } from '@topic-credentials/project'
import type { LocalAws } from '../local-aws-types.js'

/**
 * Says when a source was changed after what is deployed, for an account that `cdk deploy` deploys into: the settings of that deployment are not known here, so
 * nothing is deployed for it.
 *
 * @returns ends it
 */
export function tellOfChanges(
  aws: Pick<LocalAws, 'deployedAt'>,
  root: string,
  print: (line: string) => void,
  lookEveryMilliseconds = 500,
): () => void {
  let told = 0
  const timer = setInterval(() => {
    const [source] = sourcesOf(root)
    if (source === undefined || aws.deployedAt === undefined) return
    if (source.writtenAt <= Math.max(aws.deployedAt, told)) return
    told = source.writtenAt
    print(`! ${source.file} has changed since the stack was deployed: ${commandLine('deploy:local')} deploys it`)
  }, lookEveryMilliseconds)
  timer.unref()
  return () => clearInterval(timer)
}
