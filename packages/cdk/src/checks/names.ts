import { record, text } from './template.js'

/** Everything that a value names: references as {@link text} has them, such as `<Role.Arn>`, and literal texts. */
export function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(namesIn)
  const object = record(value)
  if ('Ref' in object || 'Fn::GetAtt' in object || 'Fn::ImportValue' in object) return [text(value)]
  const { 'Fn::Sub': sub, ...rest } = object
  const variables: unknown = Array.isArray(sub) ? sub[1] : []
  return [
    ...(sub === undefined ? [] : [text(value), ...referencesIn(text(value))]),
    ...namesIn(variables),
    ...namesIn(Object.values(rest)),
  ]
}

/** The references in what {@link text} made of a value. */
export function referencesIn(shown: string): string[] {
  return shown.match(/<[^<>]+>/gu) ?? []
}
