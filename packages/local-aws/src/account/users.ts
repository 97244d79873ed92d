import { mayDeploy } from '../bootstrap/bootstrap.js'

interface Place {
  readonly accountId: string
  readonly region: string
}

const version = '2012-10-17'

/** May call the API and deploy with the CDK's roles, but not assume the topic role. */
export function developerPolicy({ accountId, region }: Place): object {
  const Resource = `arn:aws:execute-api:${region}:${accountId}:*`
  return {
    Version: version,
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }, mayDeploy(accountId, region)],
  }
}

/** May revoke and manage access: change inline policies of roles, end MQTT connections, read and write tables. */
export function operatorPolicy({ accountId, region }: Place): object {
  return {
    Version: version,
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'iam:GetRole',
          'iam:ListRolePolicies',
          'iam:GetRolePolicy',
          'iam:PutRolePolicy',
          'iam:DeleteRolePolicy',
        ],
        Resource: `arn:aws:iam::${accountId}:role/*`,
      },
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: `arn:aws:lambda:${region}:${accountId}:function:*DeployCheckFunction*`,
      },
      {
        Effect: 'Allow',
        Action: ['iot:DeleteConnection', 'iot:GetConnection'],
        Resource: `arn:aws:iot:${region}:${accountId}:client/*`,
      },
      {
        Effect: 'Allow',
        Action: [
          'dynamodb:BatchGetItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Scan',
        ],
        Resource: `arn:aws:dynamodb:${region}:${accountId}:table/*`,
      },
    ],
  }
}
