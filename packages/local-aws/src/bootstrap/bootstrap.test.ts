import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { resolveValue } from '../cloudformation/template/intrinsics.js'
import type { Template } from '../cloudformation/template/template.js'
import { roles } from './roles.js'

/** The template that the pinned command line brings along, and what it makes with default parameters. */
const file = createRequire(import.meta.url).resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml')
const template = parse(readFileSync(file, 'utf8')) as Template
const place = { accountId: '123456789012', region: 'eu-west-1' }
const bucket = `cdk-hnb659fds-assets-${place.accountId}-${place.region}`
const logicalIds: Readonly<Record<string, string>> = {
  deploy: 'DeploymentActionRole',
  'file-publishing': 'FilePublishingRole',
  'image-publishing': 'ImagePublishingRole',
  lookup: 'LookupRole',
  'cfn-exec': 'CloudFormationExecutionRole',
}
const scope = {
  template,
  pseudo: { ...place, stackName: 'CDKToolkit', stackId: 'id' },
  parameters: {},
  exports: new Map<string, string>(),
  ref: (name: string) => (name === 'CdkBootstrapVersion' ? '/cdk-bootstrap/hnb659fds/version' : bucket),
  getAtt: (name: string, attribute: string) =>
    name === 'StagingBucket'
      ? `arn:aws:s3:::${bucket}`
      : name === 'CloudFormationExecutionRole'
        ? `arn:aws:iam::${place.accountId}:role/cdk-hnb659fds-cfn-exec-role-${place.accountId}-${place.region}`
        : `${name}.${attribute}`,
}

interface Statement {
  readonly Sid?: string
  readonly Action: string | string[]
}

/** Keys, container images and the buckets of other accounts are not modelled. */
function modelled({ Sid = '', Action }: Statement): boolean {
  return (
    !Sid.startsWith('PipelineCrossAccount') && ![Action].flat().some((one) => /^(kms:(?!Decrypt$)|ecr:)/u.test(one))
  )
}

describe('the roles of the bootstrap', () => {
  const ours = roles({ ...place, bucket, parameter: '/cdk-bootstrap/hnb659fds/version', qualifier: 'hnb659fds' })

  it.each(ours.map((role) => [role.name, role] as const))('%s: as the CDK makes it', (name, role) => {
    const { Properties } = template.Resources[logicalIds[name] ?? ''] ?? {}
    const theirs = resolveValue(Properties, scope) as Record<string, unknown>
    expect(theirs.RoleName).toBe(`cdk-hnb659fds-${name}-role-${place.accountId}-${place.region}`)
    const trust = (document: unknown) => (document as { Statement: unknown[] }).Statement
    expect(trust(role.trustPolicy)).toEqual(trust(theirs.AssumeRolePolicyDocument))
    expect(role.managedPolicyArns ?? []).toEqual(theirs.ManagedPolicyArns ?? [])
    const inline = ((theirs.Policies as { PolicyDocument: { Statement: Statement[] } }[]) ?? []).flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    )
    const attached = Object.values(template.Resources).flatMap(({ Type, Properties: more = {} }) => {
      const { Roles, PolicyDocument } = more as {
        Roles?: { Ref: string }[]
        PolicyDocument?: { Statement: Statement[] }
      }
      const mine = Type === 'AWS::IAM::Policy' && Roles?.some(({ Ref }) => Ref === logicalIds[name])
      return mine ? (resolveValue(PolicyDocument?.Statement, scope) as Statement[]) : []
    })
    const own = Object.values(role.inlinePolicies ?? {}).flatMap(
      (document) => (document as { Statement: Statement[] }).Statement,
    )
    expect(own).toEqual([...inline, ...attached].filter(modelled))
  })
})

it('has the version of the template', () => {
  expect(template.Resources.CdkBootstrapVersion?.Properties?.Value).toBe('33')
})
