import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { GrantError } from '../errors.js'
import { type AccessRequest, explain } from '../explain.js'
import type { Grants } from '../grant-types.js'
import { covers, parseGrants } from '../grants.js'
import { prove } from '../proof/index.js'
import { documentsOf } from '../testing/forms.js'
import { isTakenByAws, judge } from '../testing/judge.js'
import { usualRole } from '../testing/role.js'
import { sessionPolicy } from './session-policy.js'

/** One row of a table: grants, and the requests that they allow and refuse; or the error of the compiler. */
interface Case {
  readonly name: string
  readonly user?: string
  readonly grants: unknown
  readonly form?: 'dense'
  readonly allow?: readonly string[]
  readonly refuse?: readonly string[]
  readonly refusal?: string
  readonly names?: readonly string[]
  readonly suggestion?: unknown
}

const folder = new URL('../../src/testing/cases/', import.meta.url)

/** `publish a/b`, `retain a/b`, `receive a/b`, `subscribe a/+` or `connect alice:x`. */
function parseRequest(text: string): AccessRequest {
  const [, action, name = ''] = /^(\w+) (.*)$/su.exec(text) ?? []
  if (action === 'connect') return { action, clientId: name }
  if (action === 'subscribe') return { action, filter: name }
  if (action === 'receive') return { action, topic: name }
  if (action === 'publish' || action === 'retain') {
    return { action: 'publish', topic: name, retain: action === 'retain' }
  }
  throw new Error(`not a request: ${text}`)
}

/** The decisions of explain and of IAM in every form. AWS IoT refuses invalid names before it asks IAM. */
function answers(grants: Grants, userId: string, request: AccessRequest): readonly boolean[] {
  const { allowed } = explain(grants, { userId }, request)
  if (!isTakenByAws(request)) return [allowed]
  return [allowed, ...Object.values(documentsOf(grants, userId)).map((document) => judge(document)(request))]
}

function refusalOf(grants: Grants, userId: string): GrantError {
  try {
    sessionPolicy(grants, { userId })
  } catch (error) {
    if (error instanceof GrantError) return error
  }
  throw new Error('compiled')
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Case[]
  describe(file, () => {
    it.each(cases)(
      '$name',
      ({ user = 'alice', grants: input, form, allow = [], refuse = [], refusal, names, suggestion }) => {
        const grants = parseGrants(input)
        if (refusal !== undefined) {
          const error = refusalOf(grants, user)
          expect({ code: error.code, names: error.grants.map(({ filter }) => filter) }).toEqual({
            code: refusal,
            names,
          })
          expect(error.suggestion).toEqual(suggestion && parseGrants(suggestion))
          if (error.suggestion) {
            expect(covers(error.suggestion, grants)).toEqual({ covered: true })
            expect(sessionPolicy(error.suggestion, { userId: user }).remaining).toBeGreaterThan(0)
          }
          return
        }
        expect(allow.length).toBeGreaterThan(0)
        if (form) expect(documentsOf(grants, 'x')).toHaveProperty(form)
        const wrong = [...allow, ...refuse].filter((text, index) => {
          const given = answers(grants, user, parseRequest(text))
          return !given.every((answer) => answer === index < allow.length)
        })
        expect(wrong).toEqual([])
        for (const [written, session] of Object.entries(documentsOf(grants, user))) {
          expect({ form: written, ...prove({ role: usualRole, session }, grants, user) }).toMatchObject({
            equal: true,
            usesWildTypes: written === 'dense',
          })
        }
      },
    )
  })
}
