/** An IAM policy statement. */
export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: string
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string
}

/** An IAM policy document of version 2012-10-17, which supports `${*}`. */
export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** A list with one entry is written without brackets. */
export function oneOrMany(texts: string | readonly string[]): string | readonly string[] {
  return texts.length === 1 ? (texts[0] as string) : texts
}

/** The document as JSON without white space; lists with one entry have no brackets. */
export function renderPolicy(statements: readonly Statement[]): string {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: statements }
  return policyText(document, (_key, value: unknown) =>
    Array.isArray(value) && typeof value[0] === 'string' ? oneOrMany(value) : value,
  )
}

/**
 * JSON in the character range that STS accepts, U+0020 to U+00FF; other characters become `\uXXXX`, six characters each.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (Policy)
 */
export function policyText(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  return JSON.stringify(value, replacer).replaceAll(/[\u0100-\u{10ffff}]/gu, (character) =>
    // A character beyond U+FFFF has two UTF-16 units, and JSON escapes each unit.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
