import { RealisationError } from '../errors.js'

/** A resource as declared in the template, with unevaluated functions. */
export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string | readonly string[]
  readonly Condition?: string
  readonly DeletionPolicy?: DeletionPolicy
  readonly UpdateReplacePolicy?: DeletionPolicy
}

/** What happens to a resource that is removed from the stack. `RetainExceptOnCreate`: it is kept, unless its own creation is undone. */
export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot'

/** A CloudFormation template. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html */
export interface Template {
  readonly Description?: string
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>
  readonly Conditions?: Readonly<Record<string, unknown>>
  readonly Resources: Readonly<Record<string, TemplateResource>>
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>
}

export interface TemplateParameter {
  readonly Type: string
  readonly Default?: unknown
  readonly NoEcho?: boolean | string
  readonly Description?: string
}

export interface TemplateOutput {
  readonly Description?: string
  readonly Value: unknown
  readonly Condition?: string
  readonly Export?: { readonly Name: unknown }
}

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Rules',
  'Resources',
  'Outputs',
])
const resourceAttributes = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
])

/** Checks that a template contains only supported parts. */
export function checkTemplate(template: Template, stackName: string): Template {
  const refuse = (what: string, logicalId?: string) =>
    new RealisationError('unsupported', `${stackName}: the stand-in does not model ${what}`, { stackName, logicalId })
  for (const section of Object.keys(template)) {
    if (!sections.has(section)) throw refuse(`the template section ${section}`)
  }
  // The rule that the CDK adds checks the version of its bootstrap stack, which is not needed here.
  const rules = Object.keys((template as { Rules?: object }).Rules ?? {})
  const rule = rules.find((name) => name !== 'CheckBootstrapVersion')
  if (rule !== undefined) throw refuse(`the template rule ${rule}`)
  for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
    const unknown = Object.keys(resource).find((attribute) => !resourceAttributes.has(attribute))
    if (unknown !== undefined) throw refuse(`the attribute ${unknown} of resource ${logicalId}`, logicalId)
  }
  return template
}
