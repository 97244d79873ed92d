import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type Statement, statements, type Template, text } from '@topic-credentials/cdk/checks'
import { topicCredentialsApp } from '../app.js'
import justified from './justified-wildcards.cases.json' with { type: 'json' }

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

const page = fileURLToPath(new URL('../../../../docs/permissions.md', import.meta.url))
const jwt = { jwtIssuer: 'https://login.example.com/', jwtAudience: 'app' }

/** Between them they have every statement that the settings can bring about. */
const variants = [{}, { ...jwt, backends: 'true', tracing: 'true' }, { ceiling: 'AWSIoTFullAccess' }]

/** Names without the suffix that the CDK appends. */
function plain(name: string): string {
  return name.replaceAll(/[0-9A-F]{8}(?=[.>])/gu, '')
}

/** For a table in Markdown: `<X.Arn>` is X. */
function readable(name: string): string {
  return plain(`${name}>`)
    .slice(0, -1)
    .replaceAll(/<([^>]+?)(\.Arn)?>/gu, '$1')
    .replaceAll('*', '\\*')
}

/** Statements of a template that allow an action on more than one resource. */
function wildcards(template: Template): string[] {
  const permissions = statements(template)
    // A Deny takes away, and is as wide as it likes.
    .filter(({ kind, effect }) => kind === 'permissions' && effect === 'Allow')
    .flatMap(({ actions, resources }) => resources.map((resource) => `${actions.join(' ')} on ${resource}`))
  const invocations = Object.values(template.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::Lambda::Permission')
    .map(({ Properties = {} }) => `${text(Properties.Action)} for ${text(Properties.SourceArn)}`)
  return [...permissions, ...invocations].filter((statement) => /[*?]/u.test(statement)).map(plain)
}

describe('every IAM statement', () => {
  let templates: Template[] = []
  beforeAll(() => {
    templates = variants.map(
      (context) =>
        topicCredentialsApp({ context, builtinCloudFormationValidation: false })
          .synth()
          .getStackByName('TopicCredentials').template as Template,
    )
  })

  it('names what it is about, or is in the list of those that cannot, with the reason', () => {
    const found = new Set(templates.flatMap(wildcards))
    expect([...found].sort()).toEqual(justified.map(({ statement }) => statement).sort())
    for (const { why } of justified) expect(why).toMatch(/^[A-Za-z].{15,}\.$/u)
  })

  it('is found when it is new', () => {
    const wide = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/*' }
    const Added = { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: wide } } }
    expect(wildcards({ Resources: { Added } })).toEqual(['s3:GetObject on arn:aws:s3:::files/*'])
    const invoke = { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' }
    const open = { Type: 'AWS::Lambda::Permission', Properties: { ...invoke, SourceArn: 'arn:aws:execute-api:*' } }
    expect(wildcards({ Resources: { open } })).toEqual(['lambda:InvokeFunction for arn:aws:execute-api:*'])
  })

  /** Why: the statement's own words, or what its role is for. */
  const reason = ({ kind, sid, logicalId }: Statement, { Resources = {} }: Template): string => {
    const description = text(Resources[logicalId]?.Properties?.Description ?? '')
    return sid ?? (kind === 'trust' || description !== '' ? description : '')
  }

  it('says why it is there', () => {
    for (const template of templates) {
      const all = statements(template)
      expect(all.length).toBeGreaterThan(10)
      expect(all.filter((statement) => reason(statement, template) === '')).toEqual([])
    }
  })

  it('is in docs/permissions.md (UPDATE_SNAPSHOTS=1 accepts a change)', () => {
    const [template = {}] = templates
    const rows = statements(template).map((statement) => {
      const { kind, effect, actions, resources, principals, roles } = statement
      const about = kind === 'trust' ? principals : resources
      const cells = [roles, [`${effect} ${actions.join(', ')} ${kind === 'trust' ? 'to' : 'on'}`], about]
      const [role, verdict, names] = cells.map((cell) => cell.map((name) => readable(name)).join('<br>'))
      return `| ${role} | ${verdict} | ${names} | ${reason(statement, template)} |`
    })
    const table = ['| role | | | why |', '| --- | --- | --- | --- |', ...rows].join('\n')
    const reasons = justified.map(({ statement, why }) => `- \`${statement}\`: ${why}`).join('\n')
    const document = readFileSync(page, 'utf8')
    const current = document
      .replace(/(?<=<!-- statements -->\n)[\s\S]*?(?=\n<!-- end -->)/u, () => table)
      .replace(/(?<=<!-- wildcards -->\n)[\s\S]*?(?=\n<!-- end -->)/u, () => reasons)
    if (process.env.UPDATE_SNAPSHOTS !== undefined) writeFileSync(page, current)
    expect(readFileSync(page, 'utf8')).toBe(current)
  })
})
