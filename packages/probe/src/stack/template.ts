import { functionSource } from './function-source.js'

export interface TemplateSettings {
  /** The beginning of every topic and client ID of the probe. */
  readonly prefix: string
  /** `aws:userid` of the caller, the only principal that can assume the roles. */
  readonly userId: string
}

/** The roles of the questions, and a function that tries to assume two of them. The resources cost nothing while they are not used. */
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
  const allowAssuming = (role: string, more: object = {}) => ({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: { 'Fn::GetAtt': [role, 'Arn'] },
    ...more,
  })
  return {
    Description: `Resources of a probe that answers questions about AWS. You can delete this stack (${prefix})`,
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
      // A separate policy, because it names resources that must exist before it.
      MayAssume: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'MayAssume',
          Roles: [{ Ref: 'FunctionRole' }],
          PolicyDocument: statements(
            allowAssuming('Plain'),
            {
              Effect: 'Deny',
              Action: 'sts:AssumeRole',
              Resource: { 'Fn::GetAtt': ['Conditional', 'Arn'] },
              Condition: { ArnNotEqualsIfExists: { 'lambda:SourceFunctionArn': functionArn } },
            },
            allowAssuming('Conditional', { Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } } }),
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

/** The role of the function does not allow logging, so that no log group remains. */
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

/** The upper limit for sessions of the role: names of this probe, and those of the questions about reserved topics and empty client IDs. */
function ceiling(prefix: string): object {
  const arn = (rest: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:${rest}` })
  return {
    Effect: 'Allow',
    Action: ['iot:Connect', 'iot:Publish', 'iot:RetainPublish', 'iot:Subscribe', 'iot:Receive'],
    Resource: [
      `client/${prefix}*`,
      // AWS IoT assigns such an ID to a client without one.
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
