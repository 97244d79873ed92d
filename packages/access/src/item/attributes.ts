import { recordOf } from '@topic-credentials/grants'

/** A value in DynamoDB's JSON protocol, limited to the types that the table uses. */
export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly L: readonly Attribute[] }

/** An item in the protocol. An item written by another program may contain anything. */
export type Attributes = Readonly<Record<string, Attribute>>

export function textAttribute(value: string): Attribute {
  return { S: value }
}

export function numberAttribute(value: number): Attribute {
  return { N: String(value) }
}

export function textsAttribute(values: readonly string[]): Attribute {
  return { L: values.map(textAttribute) }
}

/** Undefined for any other type. */
export function textOf(value: unknown): string | undefined {
  const { S } = recordOf(value)
  return typeof S === 'string' ? S : undefined
}

/** Integers from 0 that JavaScript can represent exactly; undefined for any other value. */
export function wholeNumberOf(value: unknown): number | undefined {
  const { N } = recordOf(value)
  if (typeof N !== 'string' || !/^\d{1,16}$/u.test(N)) return undefined
  return Number.isSafeInteger(Number(N)) ? Number(N) : undefined
}

/** A list of strings, in order. A string set (`SS`), which the AWS console creates, is accepted as well. */
export function textsOf(value: unknown): readonly string[] | undefined {
  const { L, SS } = recordOf(value)
  const texts: unknown = Array.isArray(L) ? L.map(textOf) : SS
  if (!Array.isArray(texts) || !texts.every((one) => typeof one === 'string')) return undefined
  return texts as readonly string[]
}
