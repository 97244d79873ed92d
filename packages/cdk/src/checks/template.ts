import { recordOf } from '@topic-credentials/grants'

/** The part of a synthesized CloudFormation template that the checks read. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>
  readonly Outputs?: Readonly<Record<string, unknown>>
}

/** One resource of a {@link Template}. */
export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

/** A property that must not be deployed. */
export interface Violation {
  readonly logicalId: string
  /** Path in the resource, `Properties.…`. */
  readonly location: string
  /** The value found there. */
  readonly found: string
}

/** One rule for whole templates. */
export interface Check {
  readonly name: string
  readonly description: string
  readonly fix: string
  /** @param others the other templates of the app, for their exports */
  readonly find: (template: Template, others: readonly Template[]) => Violation[]
}

/** A single value or a list, as in IAM policies. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/**
 * A value as a readable string, with references in angle brackets: `arn:<AWS.Partition>:iot:<AWS.Region>:…`. References contain neither
 * colons nor asterisks, so ARNs can be split.
 */
export function text(value: unknown): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = recordOf(value)
  if (typeof Ref === 'string') return `<${Ref.replaceAll('::', '.')}>`
  if (Array.isArray(join)) return list(join[1]).map(text).join(text(join[0]))
  if (attribute !== undefined) return `<${list(attribute).map(text).join('.')}>`
  const pattern = list(sub)[0]
  if (typeof pattern === 'string') {
    return pattern.replace(/\$\{([^!*?$}][^}]*)\}/gu, (_, name: string) => `<${name.replaceAll('::', '.')}>`)
  }
  return `<${JSON.stringify(value)?.replaceAll(':', ' ').replaceAll('*', ' ')}>`
}
