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
export interface GrantTexts {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
  readonly retain: readonly string[]
}

/** What the table says about one user, group or role. Times are milliseconds since the epoch. */
export interface AccessItem {
  readonly key: AccessKey
  readonly grants: GrantTexts
  /** When the access was taken away. Present: nothing is vended. */
  readonly revokedAt?: number
  /** Sessions issued before are over. */
  readonly signedOutAt?: number
  /** From then on the grants count for nothing. Marks do not expire. */
  readonly expiresAt?: number
  /** Rises by one with each write; 0 for an item that was written by hand. */
  readonly version: number
  /** A name for the last write; conditions ask for it. */
  readonly writeId?: string
  readonly updatedAt?: number
  /** Who wrote it last: an ARN. */
  readonly updatedBy?: string
  /** Whom a hashed session name stands for. */
  readonly userId?: string
}

/** More grants of a kind than a session policy can hold are no grants but a mistake. */
export const longestList = 200
const kinds = ['publish', 'subscribe', 'retain'] as const
export const noGrants: GrantTexts = { publish: [], subscribe: [], retain: [] }

/** The partition key's name. */
export const partitionKey = 'pk'

/** An item before it was first written. */
export function newItem(key: AccessKey): AccessItem {
  return { key, grants: noGrants, version: 0 }
}

/**
 * Reads an item, fail closed: what cannot be understood may have been meant to forbid something, so the whole item is refused. A
 * `revoked` of any type revokes.
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
  const [publish = [], subscribe = [], retain = []] = kinds.map((kind) => optional(attributes, kind, listOf, text))
  return {
    key,
    grants: { publish, subscribe, retain },
    version: number('version') ?? 0,
    ...present({ revokedAt, signedOutAt, expiresAt, writeId, updatedAt, updatedBy, userId }),
  }
}

/** The other way round. */
export function writeItem(item: AccessItem): Attributes {
  const { key, grants, version, revokedAt, signedOutAt, expiresAt, writeId, updatedAt, updatedBy, userId } = item
  const numbers = { revoked: revokedAt, signedOutAt, expiresAt, version, updatedAt }
  const texts = { [partitionKey]: keyText(key), writeId, updatedBy, userId }
  const lists = kinds.filter((kind) => grants[kind].length > 0)
  return {
    ...mapped(texts, textAttribute),
    ...mapped(numbers, numberAttribute),
    ...Object.fromEntries(lists.map((kind) => [kind, textsAttribute(grants[kind])])),
  }
}

/** The grants that count now. */
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

/** Without the members that are undefined. */
function present<T extends object>(values: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const there = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as { [Name in keyof T]?: NonNullable<T[Name]> }
}

function unusable(key: string, attribute: string): AccessError {
  const name = JSON.stringify(key.slice(0, 100))
  return new AccessError(
    'unusable_item',
    `The item ${name} of the access table cannot be read: ${attribute} is wrong.`,
    {
      value: key,
      remedy: `Write the item again with the access command, or correct ${attribute} by hand.`,
    },
  )
}
