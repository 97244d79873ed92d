import { readFileSync } from 'node:fs'
import { TopicCredentialsError } from '../errors.js'
import type { Target } from './target.js'

/**
 * The stack whose outputs `cdk deploy` wrote into a file.
 *
 * @throws TopicCredentialsError when the file is not what `cdk deploy` writes for this stack
 */
export function deployedStack(file: string): Target {
  const { stackName, credentialsUrl, region } = vendorIn(readOutputs(file), file)
  return {
    description: `the deployed stack ${stackName} (${file})`,
    credentialsUrl,
    ...(region === undefined ? {} : { region }),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** The one vendor among a deployment's outputs: `{ StackName: { OutputKey: value } }`. */
export function vendorIn(
  outputs: Record<string, unknown>,
  source: string,
): { stackName: string; credentialsUrl: string; region: string | undefined } {
  const found = Object.entries(outputs).flatMap(([stackName, stack]) =>
    isRecord(stack) && typeof stack.CredentialsUrl === 'string'
      ? [{ stackName, credentialsUrl: stack.CredentialsUrl, region: text(stack.Region) }]
      : [],
  )
  const [vendor, another] = found
  if (vendor === undefined) throw unusable(source, 'no stack in it has an output CredentialsUrl')
  if (another !== undefined) {
    throw unusable(source, `the stacks ${vendor.stackName} and ${another.stackName} both have a CredentialsUrl`)
  }
  return vendor
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function readOutputs(file: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw unusable(file, cause instanceof Error ? cause.message : String(cause))
  }
  if (isRecord(value)) return value
  throw unusable(file, 'it is not a JSON object')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unusable(file: string, why: string): TopicCredentialsError {
  return new TopicCredentialsError(`The stack’s outputs cannot be read from ${file}: ${why}`, {
    code: 'invalid_argument',
    value: file,
    remedy: 'Give the file that `pnpm cdk deploy` writes (cdk-outputs.json), with one stack in it.',
  })
}
