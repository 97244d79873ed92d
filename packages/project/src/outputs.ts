import { readFileSync } from 'node:fs'

/** What `cdk deploy --outputs-file` writes: by stack, by output. Whoever reads it checks the values. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The file that `cdk deploy` writes in the project's root (cdk.json, `outputsFile`). */
export const outputsFile = 'cdk-outputs.json'

/** Outputs that cannot be read, or that do not name one stack. */
export class StackOutputsError extends Error {
  override readonly name = 'StackOutputsError'
  /** `unreadable`: no such file, or not a JSON object. `no_stack`, `several_stacks`: none or more than one has the outputs. */
  readonly code: 'unreadable' | 'no_stack' | 'several_stacks'
  /** The file, or what the outputs came from. */
  readonly value: string
  readonly remedy =
    'Give the file that `cdk deploy` writes with --outputs-file (cdk-outputs.json), with one stack in it.'

  constructor(code: StackOutputsError['code'], value: string, reason: string, cause?: unknown) {
    super(`The stack’s outputs cannot be read from ${value}: ${reason}`, { cause })
    this.code = code
    this.value = value
  }
}

/** @throws StackOutputsError `unreadable` */
export function readOutputs(file: string): StackOutputs {
  let outputs: unknown
  try {
    outputs = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new StackOutputsError('unreadable', file, (cause as Error).message, cause)
  }
  if (isRecord(outputs)) return Object.fromEntries(Object.entries(outputs).filter(isStack))
  throw new StackOutputsError('unreadable', file, 'it is not a JSON object')
}

/**
 * The one stack that has all these outputs, as texts.
 *
 * @param source What the outputs came from, for errors.
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
  if (stack === undefined) {
    throw new StackOutputsError('no_stack', source, `no stack in it has ${conjunction(names)}`)
  }
  if (another !== undefined) {
    const stackNames = conjunction(found.map(([name]) => name))
    throw new StackOutputsError('several_stacks', source, `${stackNames} have ${conjunction(names)} each`)
  }
  const [stackName, outputs] = stack
  return { stackName, outputs: outputs as Record<Name, string> }
}

function conjunction(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function isStack(entry: [string, unknown]): entry is [string, Record<string, unknown>] {
  return isRecord(entry[1])
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
