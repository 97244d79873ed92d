import { recordOf } from '@topic-credentials/grants'
import { text } from './template.js'

/** All names in a value: references in the form of {@link text}, such as `<Role.Arn>`, and literal strings. */
export function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(namesIn)
  const object = recordOf(value)
  if ('Ref' in object || 'Fn::GetAtt' in object || 'Fn::ImportValue' in object) return [text(value)]
  const { 'Fn::Sub': sub, ...rest } = object
  const variables: unknown = Array.isArray(sub) ? sub[1] : []
  return [
    ...(sub === undefined ? [] : [text(value), ...referencesIn(text(value))]),
    ...namesIn(variables),
    ...namesIn(Object.values(rest)),
  ]
}

/** The references in a result of {@link text}. */
export function referencesIn(shown: string): string[] {
  return shown.match(/<[^<>]+>/gu) ?? []
}
