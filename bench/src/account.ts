import { type LocalAws, type LocalAwsOptions, startLocalAws } from '@topic-credentials/local-aws'
import { assembly } from './checkout.js'

/** A stand-in with a topic role and a function that may assume it: the same for every contestant. */
export interface VendingAccount extends AsyncDisposable {
  readonly aws: LocalAws
  /** The variables that Lambda would set for the function, and the endpoint of STS. */
  readonly environment: Readonly<Record<string, string>>
}

export async function openAccount(options: Pick<LocalAwsOptions, 'clock' | 'journal'> = {}): Promise<VendingAccount> {
  const aws = await startLocalAws({ assembly, triggers: false, ...options })
  const { accountId, region } = aws
  const { arn } = aws.directory.createRole({
    roleName: 'topics',
    trustPolicy: policy({ Principal: { AWS: accountId }, Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] }),
    managedPolicyArns: ['arn:aws:iam::aws:policy/AWSIoTFullAccess'],
  })
  return {
    aws,
    environment: {
      ROLE_ARN: arn,
      IOT_ENDPOINT: aws.endpoints.iot,
      API_ID: 'api',
      PROVERS: 'iam',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_LAMBDA_FUNCTION_NAME: 'vendor',
      ...functionCredentials(aws),
      AWS_ENDPOINT_URL_STS: aws.endpoints.sts,
      NODE_EXTRA_CA_CERTS: aws.caFile,
      AWS_CA_BUNDLE: aws.caFile,
      // Lambda's Node.js is recent enough, so the SDK's warning would only distort the measurement.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    [Symbol.asyncDispose]: () => aws.close(),
  }
}

function functionCredentials({ directory, accountId }: LocalAws): Record<string, string> {
  const role = directory.createRole({
    roleName: 'function',
    trustPolicy: policy({ Principal: { AWS: accountId }, Action: 'sts:AssumeRole' }),
    inlinePolicies: { Vend: policy({ Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'], Resource: '*' }) },
  })
  const session = directory.addSession({ role, sessionName: 'function', durationSeconds: 3600 })
  return {
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: String(session.sessionToken),
  }
}

function policy(statement: object) {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }
}
