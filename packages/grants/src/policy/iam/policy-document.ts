/** A policy statement as IAM reads it. */
export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: string
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string
}

/** A policy document: version 2012-10-17, the one with `${*}`. */
export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** A list of one is written without its brackets. */
export function oneOrMany(texts: string | readonly string[]): string | readonly string[] {
  return texts.length === 1 ? (texts[0] as string) : texts
}

/** The document as text, without white space; lists of one without brackets. */
export function renderPolicy(statements: readonly Statement[]): string {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: statements }
  return policyText(document, (_key, value: unknown) =>
    Array.isArray(value) && typeof value[0] === 'string' ? oneOrMany(value) : value,
  )
}

/**
 * JSON as STS takes it: U+0020 to U+00FF only, so other characters become `\uXXXX`, six characters each.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (Policy)
 */
export function policyText(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  return JSON.stringify(value, replacer).replaceAll(/[\u0100-\u{10ffff}]/gu, (character) =>
    // A character beyond U+FFFF is two units, and JSON escapes units.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
