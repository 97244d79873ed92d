import { createHash } from 'node:crypto'
import { CfnElement, Lazy, Stack } from 'aws-cdk-lib'

/** The method that the CDK calls to write the template. The CDK hashes function versions with it too. */
interface Renderable {
  _toCloudFormation(): Rendered
}

interface Rendered {
  readonly Resources?: Readonly<Record<string, ResourceTemplate>>
}

interface ResourceTemplate {
  readonly Type: string
  readonly [attribute: string]: unknown
}

/** Resources with a generated logical ID. They are excluded from every digest. */
const renamed = new WeakSet<CfnElement>()

/**
 * Gives a resource a new logical ID whenever any other resource of the stack changes in the template: each change then creates a new
 * resource instead of updating the old one.
 */
export function renameAtEachChange(resource: CfnElement): void {
  const { stack } = resource
  renamed.add(resource)
  const logicalId: string = stack.resolve(resource.logicalId)
  resource.overrideLogicalId(Lazy.uncachedString({ produce: () => logicalId.slice(0, 200) + digest(stack) }))
}

function digest(stack: Stack): string {
  const hash = createHash('sha256')
  for (const element of stack.node.findAll()) {
    if (!CfnElement.isCfnElement(element) || renamed.has(element)) continue
    const rendered: Rendered = Stack.of(element).resolve((element as CfnElement & Renderable)._toCloudFormation())
    for (const resource of Object.values(rendered.Resources ?? {})) {
      // Metadata belongs to the CDK and its command line. Dependencies only order resources.
      const { Metadata: _, DependsOn: __, ...relevant } = resource
      if (relevant.Type !== 'AWS::CDK::Metadata') hash.update(JSON.stringify(relevant))
    }
  }
  return hash.digest('hex').slice(0, 16)
}
