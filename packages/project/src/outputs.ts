import { readFileSync } from 'node:fs'
import { isRecord, parseJson } from './json.js'

/** The file format of `cdk deploy --outputs-file`: by stack name, then by output name. Values are not validated. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The outputs file that `cdk deploy` writes to the project's root (cdk.json, `outputsFile`). */
export const outputsFile = 'cdk-outputs.json'

/** Outputs that cannot be read, or that do not identify one stack. */
export class StackOutputsError extends Error {
  override readonly name = 'StackOutputsError'
  /**
   * `unreadable`: the file does not exist or is not a JSON object. `no_stack`, `several_stacks`: no stack, or several, have the outputs.
   * `not_running`: there is neither a deployed stack nor a running stand-in.
   */
  readonly code: 'unreadable' | 'no_stack' | 'several_stacks' | 'not_running'
  /** The path of the file, or another source of the outputs. */
  readonly value: string
  readonly remedy =
    'Pass the file that `cdk deploy` writes with --outputs-file (cdk-outputs.json), with exactly one stack in it.'

  constructor(code: StackOutputsError['code'], value: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.value = value
  }
}

/** @throws StackOutputsError `unreadable` */
export function readOutputs(file: string): StackOutputs {
  const refuse = (reason: string, cause?: unknown) => unusable('unreadable', file, reason, cause)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw refuse((cause as Error).message, cause)
  }
  const outputs = parseJson(text, refuse)
  if (isRecord(outputs)) return Object.fromEntries(Object.entries(outputs).filter(isStack))
  throw refuse('it is not a JSON object')
}

/**
 * The only stack that has all these outputs, with their values as strings.
 *
 * @param source The source of the outputs, for error messages.
 * @throws StackOutputsError `no_stack` or `several_stacks`
 * @example
 * stackWith(readOutputs(file), ['RoleArn', 'Region'], file).outputs.RoleArn
 */
export function stackWith<Name extends string>(
  stacks: StackOutputs,
  names: readonly Name[],
  source: string,
): { readonly stackName: string; readonly outputs: Readonly<Record<Name, string>> } {
  const found = Object.entries(stacks).filter(([, outputs]) => names.every((name) => typeof outputs[name] === 'string'))
  const [stack, another] = found
  if (stack === undefined) throw unusable('no_stack', source, `no stack has the outputs ${conjunction(names)}`)
  if (another !== undefined) {
    const stackNames = conjunction(found.map(([name]) => name))
    throw unusable('several_stacks', source, `several stacks (${stackNames}) have the outputs ${conjunction(names)}`)
  }
  const [stackName, outputs] = stack
  return { stackName, outputs: outputs as Record<Name, string> }
}

function unusable(code: StackOutputsError['code'], source: string, reason: string, cause?: unknown): StackOutputsError {
  return new StackOutputsError(code, source, `The stack’s outputs cannot be read from ${source}: ${reason}`, cause)
}

function conjunction(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function isStack(entry: [string, unknown]): entry is [string, Readonly<Record<string, unknown>>] {
  return isRecord(entry[1])
}
