import type { Stack } from './stack.js'

/** The result of one stack. */
export interface RealisedStack {
  readonly stackName: string
  readonly outputs: Readonly<Record<string, string>>
  /** Physical names by logical ID. */
  readonly resources: Readonly<Record<string, string>>
}

export function describeStack({ stackName, outputs, resources }: Stack): RealisedStack {
  return {
    stackName,
    outputs: Object.fromEntries(outputs.map(({ key, value }) => [key, value])),
    resources: Object.fromEntries([...resources.values()].map(({ logicalId, physicalId }) => [logicalId, physicalId])),
  }
}
