import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'

/** For tests: the template of a stack with one construct. Synthesized without the validators, which have their own tests. */
export function synthesized(build: (stack: Stack) => void): Template {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test')
  build(stack)
  return Template.fromStack(stack)
}

/** The properties of the only resource of this type whose logical ID begins with this. */
export function propertiesOf(template: Template, type: string, prefix = ''): Record<string, unknown> {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(prefix))
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} begin with '${prefix}'.`)
  return found[0]?.[1].Properties as Record<string, unknown>
}
