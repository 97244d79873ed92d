import { functionSource } from './function-source.js'

export interface TemplateSettings {
  /** Begins every name that the probe uses: topics, client IDs. */
  readonly prefix: string
  /** `aws:userid` of who asks: nobody else may assume the roles. */
  readonly userId: string
}

/** Roles to try things with, and a function that tries to assume two of them. Nothing in it costs anything while it is not called. */
export function template({ prefix, userId }: TemplateSettings): object {
  const probed = { 'Fn::GetAtt': ['Probed', 'Arn'] }
  const onlyUs = statements({
    Effect: 'Allow',
    Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:userid': userId } },
  })
  const functionArn = {
    'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}',
  }
  const assumes = (role: string, more: object = {}) => ({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: { 'Fn::GetAtt': [role, 'Arn'] },
    ...more,
  })
  return {
    Description: `Answers questions about AWS, and may be deleted (${prefix})`,
    Resources: {
      Probed: role(onlyUs, { Ceiling: [ceiling(prefix)] }),
      Denied: role(onlyUs, {
        Denied: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
          { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: probed },
        ],
      }),
      Attached: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          PolicyDocument: statements({
            Effect: 'Allow',
            Action: 'iot:Connect',
            Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:iot:*:*:client/${prefix}*` },
          }),
        },
      },
      FunctionRole: role(trust({ Service: 'lambda.amazonaws.com' })),
      Plain: role(trust({ AWS: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] } })),
      Conditional: role(trust({ AWS: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] } })),
      // Policies of their own: what they name must exist before.
      MayAssume: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'MayAssume',
          Roles: [{ Ref: 'FunctionRole' }],
          PolicyDocument: statements(
            assumes('Plain'),
            {
              Effect: 'Deny',
              Action: 'sts:AssumeRole',
              Resource: { 'Fn::GetAtt': ['Conditional', 'Arn'] },
              Condition: { ArnNotEqualsIfExists: { 'lambda:SourceFunctionArn': functionArn } },
            },
            assumes('Conditional', { Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } } }),
          ),
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: { Ref: 'AWS::StackName' },
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: { ZipFile: functionSource },
          Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
          Timeout: 20,
          Environment: { Variables: { DOMAIN: { Ref: 'AWS::URLSuffix' } } },
        },
      },
    },
    Outputs: {
      ...Object.fromEntries(
        ['Probed', 'Denied', 'Plain', 'Conditional'].map((name) => [name, { Value: { 'Fn::GetAtt': [name, 'Arn'] } }]),
      ),
      Attached: { Value: { Ref: 'Attached' } },
      Function: { Value: { Ref: 'Function' } },
    },
  }
}

/** The role may log nothing, so that no log group is left. */
function role(trustPolicy: object, policies: Readonly<Record<string, readonly object[]>> = {}): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trustPolicy,
      Policies: Object.entries(policies).map(([PolicyName, list]) => ({
        PolicyName,
        PolicyDocument: statements(...list),
      })),
    },
  }
}

/** What sessions of the role may be let do at most: names of this probe, and what is tried with reserved topics and without a client ID. */
function ceiling(prefix: string): object {
  const arn = (rest: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:${rest}` })
  return {
    Effect: 'Allow',
    Action: ['iot:Connect', 'iot:Publish', 'iot:RetainPublish', 'iot:Subscribe', 'iot:Receive'],
    Resource: [
      `client/${prefix}*`,
      // Assigned where the client gives none.
      'client/$GEN/*',
      `topic/${prefix}*`,
      `topic/$aws/${prefix}*`,
      `topic/$share/*/${prefix}*`,
      `topicfilter/${prefix}*`,
      `topicfilter/$share/*/${prefix}*`,
    ].map(arn),
  }
}

function trust(principal: object): object {
  return statements({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' })
}

function statements(...list: readonly object[]): object {
  return { Version: '2012-10-17', Statement: list }
}
