import {
  type AccessItem,
  type AccessKey,
  grantsAt,
  groupKey,
  keyText,
  parseKey,
  roleKey,
  sessionKey,
} from '@topic-credentials/access'
import {
  byKind,
  type GrantKind,
  grantsFor,
  isRecord,
  parseEntitlements,
  parseGrantRule,
} from '@topic-credentials/grants'
import { commandLine } from '@topic-credentials/project'
import { AccessAdmin } from '../access/access-admin.js'
import { entryLine } from '../access/entries.js'
import { importAccess } from '../access/import-access.js'
import { roleReach } from '../access/role-reach.js'
import { whoReaches } from '../access/who.js'
import { RevocationError } from '../errors.js'
import { type NamedBy, sessionNameOf } from '../user.js'
import { readText, readWith } from './input-file.js'
import { progress } from './progress.js'
import { findTarget } from './target.js'

/** The subject of a command: exactly one of the three. */
export interface Whom {
  readonly user?: string
  readonly group?: string
  readonly role?: string
  readonly as?: NamedBy
}

export type GrantFlags = Readonly<Partial<Record<GrantKind, readonly string[]>>>

interface Common {
  readonly outputs?: string
  readonly json?: true
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function open({ outputs }: Common) {
  const { description, table, operator, iam, roleArn, userPrefix = '' } = await findTarget(outputs)
  if (table === undefined || operator === undefined) {
    throw new RevocationError('needs_table', `The stack has no access table: ${description}.`, {
      value: description,
      remedy: 'Deploy the stack without `-c access=file`.',
    })
  }
  note(`At ${description}`)
  const beyond = await roleReach(iam, roleArn.slice(roleArn.lastIndexOf('/') + 1))
  return { access: new AccessAdmin({ table, operator, beyond }), table, userPrefix }
}

function keyOf({ user, group, role, as }: Whom): AccessKey {
  const texts = [
    ...(user === undefined ? [] : [sessionKey(sessionNameOf(user, as))]),
    ...(group === undefined ? [] : [groupKey(group)]),
    ...(role === undefined ? [] : [roleKey(role)]),
  ]
  const key = parseKey(texts[0] ?? '')
  if (key !== undefined && texts.length === 1) return key
  const count = texts.length === 0 ? 'No user, group or role is' : 'More than one user, group or role is'
  throw new RevocationError('invalid_user', `${count} given.`, {
    value: texts,
    remedy: 'Pass one of --user, --group and --role.',
  })
}

function lists(flags: GrantFlags) {
  return byKind((kind) => flags[kind] ?? [])
}

function itemLines({ key, grants, revokedAt, signedOutAt, expiresAt, updatedAt, updatedBy }: AccessItem): string {
  const time = (moment: number) => new Date(moment).toISOString()
  return [
    keyText(key),
    ...Object.entries(grants).flatMap(([kind, filters]: [string, readonly string[]]) =>
      filters.map((filter) => `  ${kind} ${filter}`),
    ),
    ...(expiresAt === undefined ? [] : [`  grants expire at ${time(expiresAt)}`]),
    ...(revokedAt === undefined ? [] : [`  revoked since ${time(revokedAt)}: no credentials are vended`]),
    ...(signedOutAt === undefined ? [] : [`  sessions issued before ${time(signedOutAt)} are no longer valid`]),
    ...(updatedAt === undefined ? [] : [`  written ${time(updatedAt)} by ${updatedBy ?? 'an unknown caller'}`]),
  ].join('\n')
}

export async function get(options: Common & Whom): Promise<void> {
  const { access } = await open(options)
  const key = keyOf(options)
  const item = await access.get(key)
  const words = item === undefined ? `The table has no entry for ${keyText(key)}.` : itemLines(item)
  print(options.json === true ? JSON.stringify(item ?? null) : words)
}

export async function grant(options: Common & Whom & GrantFlags & { until?: string; dryRun?: true }): Promise<void> {
  const { access } = await open(options)
  const key = keyOf(options)
  const expiresAt = options.until === undefined ? undefined : Date.parse(options.until)
  if (Number.isNaN(expiresAt)) {
    throw new RevocationError('invalid_date', `'${options.until}' is not a date.`, {
      value: options.until,
      remedy: 'Use the format 2026-12-31T00:00:00Z.',
    })
  }
  const userId = options.as === 'session-name' ? undefined : options.user
  const entry = { key, grants: lists(options), expiresAt, ...(userId === undefined ? {} : { userId }) }
  if (options.dryRun === true) {
    access.check(entry)
    print('The grant is valid. Nothing was written (--dry-run).')
    return
  }
  const item = await access.grant(entry)
  print(
    options.json === true ? JSON.stringify(item) : `${itemLines(item)}\nThe change takes effect with the next vend.`,
  )
}

export async function withdraw(options: Common & Whom & GrantFlags & { all?: true; dryRun?: true }): Promise<void> {
  const { access } = await open(options)
  const key = keyOf(options)
  const less = options.all === true ? 'all' : lists(options)
  if (options.dryRun === true) {
    print(itemLines((await access.get(key)) ?? { key, grants: lists({}), version: 0 }))
    note('This is the current entry. Nothing was written (--dry-run).')
    return
  }
  const item = await access.withdraw(key, less)
  print(
    options.json === true
      ? JSON.stringify(item)
      : `${itemLines(item)}\nThe change takes effect with the next vend. Existing sessions keep the grant until they end; ${commandLine('revoke', '--sign-out')} ends them now.`,
  )
}

export async function importAll(options: Common & { dryRun?: true }, file: string): Promise<void> {
  const text = readText(file)
  const { access } = await open(options)
  const { dryRun } = options
  let total = 0
  const show = progress(1000, (written) => `${written} of ${total}`)
  const onProgress = (written: number, all: number) => {
    total = all
    show(written)
  }
  const interrupt = new AbortController()
  // Only once, so that a second SIGINT ends the process.
  process.once('SIGINT', () => interrupt.abort())
  const { entries } = await importAccess(access, text, { dryRun, onProgress, signal: interrupt.signal })
  const words =
    dryRun === true ? `${entries} lines are valid. Nothing was written (--dry-run).` : `${entries} imported.`
  print(options.json === true ? JSON.stringify({ entries, written: dryRun === true ? 0 : entries }) : words)
}

export async function exportAll(options: Common): Promise<void> {
  const { access } = await open(options)
  let count = 0
  for await (const item of access.items((key) => note(`${key} is not valid and is skipped.`))) {
    const line = entryLine(item)
    if (line === undefined) continue
    print(line)
    count += 1
  }
  note(`${count} exported. Revocations are not included; see ${commandLine('revoke', '--list')}.`)
}

export async function who(options: Common, topic: string): Promise<void> {
  const { access, table } = await open(options)
  let count = 0
  for await (const { item, kind, grant: filter } of whoReaches(access, topic, table.now(), (key) =>
    note(`${key} is not valid: no credentials are vended to its user, group or role.`),
  )) {
    count += 1
    const key = keyText(item.key)
    const revoked = item.revokedAt === undefined ? '' : '  (revoked)'
    print(options.json === true ? JSON.stringify({ key, kind, grant: filter }) : `${key}  ${kind} ${filter}${revoked}`)
  }
  if (count === 0) note(`No entry of the table grants "${topic}". The entitlements file was not searched.`)
}

export async function explain(
  options: Common & Whom & { claims?: string; groupsClaim: string; entitlements: string },
): Promise<void> {
  const { user = '', role, claims: claimsFile, groupsClaim } = options
  const claims = claimsFile === undefined ? {} : readWith(claimsFile, 'the claims of a token', claimsOf)
  const file = readWith(options.entitlements, 'the entitlements', parseEntitlements)
  const { access, table, userPrefix } = await open(options)
  const named = [claims[groupsClaim]].flat().filter((one): one is string => typeof one === 'string')
  const groups = [...new Set(named)]
  const keys = [
    keyOf({ user, ...(options.as === undefined ? {} : { as: options.as }) }),
    ...(role === undefined ? [] : [keyOf({ role })]),
    ...groups.map((group) => keyOf({ group })),
  ]
  const found = (await Promise.all(keys.map((key) => access.get(key)))).filter((item) => item !== undefined)
  const sources = [
    { source: 'entitlements', rules: file.rules },
    ...found.map((item) => ({
      source: keyText(item.key),
      rules: [parseGrantRule(grantsAt(item, table.now()), keyText(item.key))],
    })),
  ]
  const revokedBy = found.filter(({ revokedAt }) => revokedAt !== undefined).map(({ key }) => keyText(key))
  const answers = sources.map(({ source, rules }) => ({
    source,
    grants: grantsFor({ ...file, rules }, { userId: user, userPrefix, claims }),
  }))
  if (options.json === true) {
    print(JSON.stringify({ user, revokedBy, sources: answers }))
    return
  }
  for (const { source, grants } of answers) {
    for (const [kind, filters] of Object.entries(grants)) {
      for (const filter of filters) print(`${kind} ${filter}  (${source})`)
    }
  }
  if (revokedBy.length > 0) print(`But no credentials are vended: access is revoked by ${revokedBy.join(' and ')}.`)
}

function claimsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value
  throw new Error('expected an object')
}
