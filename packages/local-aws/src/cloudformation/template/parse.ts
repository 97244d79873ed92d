import { isRecord, parseJson } from '@topic-credentials/project'
import type { Template } from './template.js'

/** Short forms of YAML: `!Ref x`, `!GetAtt a.b`, `!Sub …`. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const shortForms = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'Transform',
]

/** Parses a template in JSON or YAML. @throws Error with the syntax error */
export async function parseTemplate(text: string): Promise<Template> {
  const read = text.trimStart().startsWith('{')
    ? parseJson(text, (reason) => new SyntaxError(reason))
    : await parseYaml(text)
  if (!isRecord(read)) throw new Error('unsupported structure.')
  const template = read as Partial<Template>
  const { Resources } = template
  if (typeof Resources !== 'object' || Object.keys(Resources).length === 0) {
    throw new Error('At least one Resources member must be defined.')
  }
  return { ...template, Resources }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  const names = ['Ref', 'Condition', ...shortForms]
  const customTags = names.flatMap((name) => {
    const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`
    const tag = `!${name}`
    return [
      { tag, resolve: (value: string) => ({ [key]: value }) },
      ...(['seq', 'map'] as const).map((collection) => ({
        tag,
        collection,
        resolve: (value: { toJSON(): unknown }) => ({ [key]: value.toJSON() }),
      })),
    ]
  })
  // Dates and similar values are strings in templates.
  return parse(text, { schema: 'core', customTags })
}
