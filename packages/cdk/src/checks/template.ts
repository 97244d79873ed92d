/** What the checks read of a synthesized CloudFormation template. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>
  readonly Outputs?: Readonly<Record<string, unknown>>
}

/** One resource of a {@link Template}. */
export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

/** Something that must not be deployed, and where. */
export interface Violation {
  readonly logicalId: string
  /** Path in the resource, `Properties.…`. */
  readonly location: string
  /** What is there. */
  readonly found: string
}

/** One rule over whole templates. */
export interface Check {
  readonly name: string
  readonly description: string
  readonly fix: string
  /** @param others the app's other templates, for what they export */
  readonly find: (template: Template, others: readonly Template[]) => Violation[]
}

/** A single value or a list, as IAM writes one. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** A value as an object; anything else is an empty one. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/**
 * A value as readable text, with references in angle brackets: `arn:<AWS.Partition>:iot:<AWS.Region>:…`. No reference
 * contains a colon or an asterisk, so the text of an ARN can be split.
 */
export function text(value: unknown): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = record(value)
  if (typeof Ref === 'string') return `<${Ref.replaceAll('::', '.')}>`
  if (Array.isArray(join)) return list(join[1]).map(text).join(text(join[0]))
  if (attribute !== undefined) return `<${list(attribute).map(text).join('.')}>`
  const pattern = list(sub)[0]
  if (typeof pattern === 'string') {
    return pattern.replace(/\$\{([^!*?$}][^}]*)\}/gu, (_, name: string) => `<${name.replaceAll('::', '.')}>`)
  }
  return `<${JSON.stringify(value)?.replaceAll(':', ' ').replaceAll('*', ' ')}>`
}
