import type { RoleSettings } from '../iam/index.js'

interface Place {
  readonly accountId: string
  readonly region: string
  readonly bucket: string
  /** Name of the parameter with the bootstrap version. */
  readonly parameter: string
  readonly qualifier: string
}

type BootstrapRole = { readonly name: string } & Omit<RoleSettings, 'roleName'>

const version = '2012-10-17'

/**
 * The roles of the CDK's bootstrap template, version 33, with its default parameters: the same trust and the same policies, except for keys,
 * container images and buckets of other accounts, which are not modelled. A test compares them with the template itself.
 */
export function roles(place: Place): BootstrapRole[] {
  const { accountId, region, bucket, qualifier } = place
  const objects = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]
  const executionRole = `arn:aws:iam::${accountId}:role/cdk-${qualifier}-cfn-exec-role-${accountId}-${region}`
  const tagged = (name: string) => ({
    name,
    trustPolicy: accountTrust(accountId),
    tags: { 'aws-cdk:bootstrap-role': name },
  })
  return [
    {
      ...tagged('deploy'),
      managedPolicyArns: ['arn:aws:iam::aws:policy/AWSCloudFormationReadOnlyAccess'],
      inlinePolicies: { default: { Version: version, Statement: deployStatements(place, objects, executionRole) } },
    },
    {
      ...tagged('file-publishing'),
      inlinePolicies: {
        [`cdk-${qualifier}-file-publishing-role-default-policy-${accountId}-${region}`]: {
          Version: version,
          Statement: [
            {
              Action: [
                's3:GetObject*',
                's3:GetBucket*',
                's3:GetEncryptionConfiguration',
                's3:List*',
                's3:DeleteObject*',
                's3:PutObject*',
                's3:Abort*',
              ],
              Resource: objects,
              Condition: { StringEquals: { 'aws:ResourceAccount': [accountId] } },
              Effect: 'Allow',
            },
          ],
        },
      },
    },
    { ...tagged('image-publishing') },
    {
      ...tagged('lookup'),
      managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      inlinePolicies: {
        LookupRolePolicy: {
          Version: version,
          Statement: [{ Sid: 'DontReadSecrets', Effect: 'Deny', Action: ['kms:Decrypt'], Resource: '*' }],
        },
      },
    },
    {
      name: 'cfn-exec',
      trustPolicy: {
        Version: version,
        Statement: [
          { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'cloudformation.amazonaws.com' } },
        ],
      },
      managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    },
  ]
}

function deployStatements(
  { accountId, region, parameter }: Place,
  staging: readonly string[],
  passed: string,
): object[] {
  return [
    {
      Sid: 'DeployPermissions',
      Effect: 'Allow',
      Action: [
        'cloudformation:CreateChangeSet',
        'cloudformation:DeleteChangeSet',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:CreateStack',
        'cloudformation:UpdateStack',
        'cloudformation:RollbackStack',
        'cloudformation:ContinueUpdateRollback',
      ],
      Resource: '*',
    },
    { Action: 'iam:PassRole', Resource: passed, Effect: 'Allow' },
    {
      Sid: 'CliPermissions',
      Action: ['cloudformation:DeleteStack', 'cloudformation:UpdateTerminationProtection', 'sts:GetCallerIdentity'],
      Resource: '*',
      Effect: 'Allow',
    },
    {
      Sid: 'CliStagingBucket',
      Effect: 'Allow',
      Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
      Resource: staging,
    },
    {
      Sid: 'ReadVersion',
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParameters'],
      Resource: [`arn:aws:ssm:${region}:${accountId}:parameter${parameter}`],
    },
    {
      Sid: 'Refactor',
      Effect: 'Allow',
      Action: ['cloudformation:CreateStackRefactor', 'cloudformation:ExecuteStackRefactor'],
      Resource: '*',
    },
  ]
}

/** All principals of the account with permission to assume the role, but not services on their behalf. */
function accountTrust(accountId: string): object {
  return {
    Version: '2008-10-17',
    Statement: [
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: accountId },
        Condition: { Null: { 'sts:ExternalId': 'true' } },
      },
      { Action: 'sts:TagSession', Effect: 'Allow', Principal: { AWS: accountId } },
    ],
  }
}
