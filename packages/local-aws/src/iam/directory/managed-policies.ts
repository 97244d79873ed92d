import type { PolicyDocument } from '../policy/document.js'
import { parsePolicyDocument } from '../policy/parse.js'

function allow(actions: readonly string[]) {
  return parsePolicyDocument(
    { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] },
    'identity',
  )
}

const cloudFormationReads = [
  'cloudformation:Describe*',
  'cloudformation:EstimateTemplateCost',
  'cloudformation:Get*',
  'cloudformation:List*',
  'cloudformation:ValidateTemplate',
  'cloudformation:Detect*',
]

/**
 * AWS's own policies that this stack or a similar one attaches, as published.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const managedPolicies: ReadonlyMap<string, PolicyDocument> = new Map([
  ['arn:aws:iam::aws:policy/AdministratorAccess', allow(['*'])],
  ['arn:aws:iam::aws:policy/AWSCloudFormationReadOnlyAccess', allow(cloudFormationReads)],
  // Reduced to the actions of the supported services.
  [
    'arn:aws:iam::aws:policy/ReadOnlyAccess',
    allow([
      ...cloudFormationReads,
      'iam:Get*',
      'iam:List*',
      's3:Get*',
      's3:List*',
      'ssm:Describe*',
      'ssm:Get*',
      'ssm:List*',
    ]),
  ],
  ['arn:aws:iam::aws:policy/AWSIoTFullAccess', allow(['iot:*', 'iotjobsdata:*'])],
  [
    'arn:aws:iam::aws:policy/AWSIoTDataAccess',
    allow([
      'iot:Connect',
      'iot:Publish',
      'iot:Subscribe',
      'iot:Receive',
      'iot:GetThingShadow',
      'iot:UpdateThingShadow',
      'iot:DeleteThingShadow',
      'iot:ListNamedShadowsForThing',
    ]),
  ],
  [
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']),
  ],
])
