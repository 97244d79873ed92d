import { createHash } from 'node:crypto'
import { CfnElement, Lazy, Stack } from 'aws-cdk-lib'

/** What the CDK itself calls to write the template. Functions' versions are made of the same. */
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

/** The resources whose logical IDs are made here: no digest can hold one. */
const renamed = new WeakSet<CfnElement>()

/**
 * Gives a resource another logical ID whenever anything changes that CloudFormation is told about any other resource of the stack: each
 * change creates a new one beside the old one.
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
      // Metadata is the CDK's and its command line's own. Dependencies only order what is there.
      const { Metadata: _, DependsOn: __, ...told } = resource
      if (told.Type !== 'AWS::CDK::Metadata') hash.update(JSON.stringify(told))
    }
  }
  return hash.digest('hex').slice(0, 16)
}
