import { byKind, type GrantKind, grantKinds } from '@topic-credentials/grants'
import { AccessError } from '../errors.js'
import {
  type Attribute,
  type Attributes,
  numberAttribute,
  textAttribute,
  textOf,
  textsAttribute,
  textsOf,
  wholeNumberOf,
} from './attributes.js'
import { type AccessKey, keyText, parseKey } from './key.js'

/** Topic filters by kind, with the variables of `entitlements.json`. */
export type GrantTexts = Readonly<Record<GrantKind, readonly string[]>>

/** The entry of one user, group or role. Times are milliseconds since the epoch. */
export interface AccessItem {
  readonly key: AccessKey
  readonly grants: GrantTexts
  /** When the access was revoked. If present, no credentials are vended. */
  readonly revokedAt?: number
  /** Sessions issued before this time are no longer valid. */
  readonly signedOutAt?: number
  /** The grants are ignored from this time. Revocations do not expire. */
  readonly expiresAt?: number
  /** Increases by one with each write; 0 for an item that was created by hand. */
  readonly version: number
  /** Identifies the last write, for conditional writes. */
  readonly writeId?: string
  readonly updatedAt?: number
  /** ARN of the last writer. */
  readonly updatedBy?: string
  /** The user ID behind a hashed session name. */
  readonly userId?: string
}

/** Maximum number of grants of a kind. No session policy can hold more, so a longer list is an error. */
export const longestList = 200
export const noGrants: GrantTexts = byKind(() => [])

/** Name of the partition key. */
export const partitionKey = 'pk'

/** An item that has not been written yet. */
export function newItem(key: AccessKey): AccessItem {
  return { key, grants: noGrants, version: 0 }
}

/**
 * Reads an item and fails closed: an attribute that cannot be read could have been meant to forbid something, so the whole item is refused.
 * A `revoked` attribute of any type revokes the access.
 *
 * @throws AccessError `unusable_item`
 */
export function readItem(attributes: Attributes): AccessItem {
  const text = textOf(attributes[partitionKey]) ?? ''
  const key = parseKey(text)
  if (key === undefined) throw unusable(text, partitionKey)
  const number = (name: string) => optional(attributes, name, wholeNumberOf, text)
  const [signedOutAt, expiresAt, updatedAt] = ['signedOutAt', 'expiresAt', 'updatedAt'].map(number)
  const [updatedBy, userId, writeId] = ['updatedBy', 'userId', 'writeId'].map((name) =>
    optional(attributes, name, textOf, text),
  )
  const revokedAt = Object.hasOwn(attributes, 'revoked') ? (wholeNumberOf(attributes.revoked) ?? 0) : undefined
  return {
    key,
    grants: byKind((kind) => optional(attributes, kind, listOf, text) ?? []),
    version: number('version') ?? 0,
    ...present({ revokedAt, signedOutAt, expiresAt, writeId, updatedAt, updatedBy, userId }),
  }
}

/** The inverse of {@link readItem}. */
export function writeItem(item: AccessItem): Attributes {
  const { key, grants, version, revokedAt, signedOutAt, expiresAt, writeId, updatedAt, updatedBy, userId } = item
  const numbers = { revoked: revokedAt, signedOutAt, expiresAt, version, updatedAt }
  const texts = { [partitionKey]: keyText(key), writeId, updatedBy, userId }
  const lists = grantKinds.filter((kind) => grants[kind].length > 0)
  return {
    ...mapped(texts, textAttribute),
    ...mapped(numbers, numberAttribute),
    ...Object.fromEntries(lists.map((kind) => [kind, textsAttribute(grants[kind])])),
  }
}

/** The grants in effect at a time. */
export function grantsAt({ grants, expiresAt }: AccessItem, now: number): GrantTexts {
  return expiresAt !== undefined && expiresAt <= now ? noGrants : grants
}

function listOf(value: unknown): readonly string[] | undefined {
  const texts = textsOf(value)
  return texts !== undefined && texts.length <= longestList ? texts : undefined
}

function optional<T>(
  attributes: Attributes,
  name: string,
  read: (value: unknown) => T | undefined,
  key: string,
): T | undefined {
  if (!Object.hasOwn(attributes, name)) return undefined
  const value = read(attributes[name])
  if (value === undefined) throw unusable(key, name)
  return value
}

function mapped<T>(values: Readonly<Record<string, T | undefined>>, write: (value: T) => Attribute) {
  const there = Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined)
  return Object.fromEntries(there.map(([name, value]) => [name, write(value)]))
}

/** The object without undefined members. */
function present<T extends object>(values: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const there = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as { [Name in keyof T]?: NonNullable<T[Name]> }
}

function unusable(key: string, attribute: string): AccessError {
  const name = JSON.stringify(key.slice(0, 100))
  return new AccessError(
    'unusable_item',
    `The item ${name} of the access table is not valid: ${attribute} has an invalid value.`,
    {
      value: key,
      remedy: `Write the item again with the access command, or correct ${attribute} by hand.`,
    },
  )
}
