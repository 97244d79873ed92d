import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Announcement, findRunning } from './announcement.js'
import { outputsFile, readOutputs, type StackOutputs, StackOutputsError, stackWith } from './outputs.js'
import { projectRoot, userPath } from './root.js'
import { upToDate } from './staleness.js'

/** A stack, and the stand-in that runs it. */
export interface FoundStack<Name extends string> {
  /** For display. */
  readonly description: string
  readonly stackName: string
  /** The required outputs. */
  readonly outputs: Readonly<Record<Name, string>>
  /** Every output of the stack. */
  readonly all: Readonly<Record<string, unknown>>
  /** Undefined for a stack in AWS. */
  readonly running?: Announcement
}

/**
 * Finds the stack of the given outputs file, or of the file in the project's root; otherwise the stand-in that runs for this project. A file in
 * the root can belong to a stand-in: then that stand-in is used, because a command must not call AWS for its resources.
 *
 * @param names the outputs that the stack must have
 * @throws StackOutputsError
 */
export async function findStack<Name extends string>(
  given: string | undefined,
  names: readonly Name[],
): Promise<FoundStack<Name>> {
  const directory = projectRoot()
  const file = given === undefined ? join(directory, outputsFile) : userPath(given)
  const written = given !== undefined || existsSync(file) ? stackIn(readOutputs(file), names, file) : undefined
  if (written !== undefined && (given !== undefined || !isLocal(written))) {
    return { ...written, description: `the deployed stack ${written.stackName} (${file})` }
  }
  const found = await findRunning({ directory })
  if (found === undefined) {
    throw written === undefined
      ? new StackOutputsError(
          'not_running',
          directory,
          `There is no stack: ${file} does not exist, and no stand-in is running`,
        )
      : new StackOutputsError('not_running', file, `${file} belongs to a stand-in that is no longer running`)
  }
  const { running, notice } = await upToDate(directory, found)
  if (notice !== undefined) process.stderr.write(`! ${notice}\n`)
  const description = `the running stand-in (process ${running.pid})`
  return { ...stackIn(running.outputs, names, description), description, running }
}

/** URL of an AWS service: from the environment variables of the SDKs, otherwise that of the Region. */
export function serviceUrl(service: 'dynamodb' | 'lambda' | 'sts', region: string): string {
  const { AWS_ENDPOINT_URL: all, [`AWS_ENDPOINT_URL_${service.toUpperCase()}`]: own } = process.env
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return own ?? all ?? `https://${service}.${region}.${domain}`
}

function stackIn<Name extends string>(stacks: StackOutputs, names: readonly Name[], source: string) {
  const stack = stackWith(stacks, names, source)
  return { ...stack, all: stacks[stack.stackName] ?? {} }
}

function isLocal({
  all: { CredentialsUrl, IotEndpoint },
}: {
  readonly all: Readonly<Record<string, unknown>>
}): boolean {
  return [CredentialsUrl, IotEndpoint].some((address) => /^(?:https:\/\/)?localhost(?::|$)/u.test(String(address)))
}
