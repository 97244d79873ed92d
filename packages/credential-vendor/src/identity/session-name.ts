/** A source of generated session names. */
interface GeneratedName {
  readonly form: RegExp
  readonly by: string
  /** Why such a name does not identify a user, as the predicate of a sentence. */
  readonly fault: string
  readonly remedy: string
}

const changes = 'changes with each session, and so would be a different user every hour'
const shared = 'is the same for all users'
const profile = 'Set role_session_name in the profile, or AWS_ROLE_SESSION_NAME.'

/**
 * Session names that software generates. Each is recorded or documented; all other names count as chosen.
 *
 * Sources: the SDKs' code (js `credential-provider-ini` and `fromTokenFile`, botocore `credentials.py`, go `stscreds`, java
 * `ProfileAssumeRoleCredentialsProvider`, kotlin, php `CredentialProvider`, .NET `AWSCredentialsFactory`, rust `sts::util`); aws/aws-sdk-go
 * issue 2828 (bare nanoseconds); EKS API reference, AssumedRoleUser (Pod Identity); CodeBuild user guide; aws-actions/configure-aws-credentials.
 */
const generatedNames: readonly GeneratedName[] = [
  generated(/^aws-sdk-js(-session)?-\d+$/u, 'the AWS SDK for JavaScript'),
  generated(/^botocore-session-\d+$/u, 'botocore (AWS CLI, boto3)'),
  generated(/^(aws-go-sdk-)?\d{16,}$/u, 'the AWS SDK for Go'),
  generated(/^aws-sdk-java-\d+$/u, 'the AWS SDK for Java'),
  generated(/^aws-sdk-kotlin-\d+$/u, 'the AWS SDK for Kotlin'),
  generated(/^aws-sdk-php-\d+$/u, 'the AWS SDK for PHP'),
  generated(/^aws-dotnet-sdk-session-\d+$/u, 'the AWS SDK for .NET'),
  generated(/^(assume-role-from-profile|assume-role-provider|web-identity-token)-\d+$/u, 'the AWS SDK for Rust'),
  {
    ...generated(/^eks-.*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u, 'EKS Pod Identity'),
    remedy: 'Use IRSA with AWS_ROLE_SESSION_NAME, or let a backend name the user.',
  },
  {
    ...generated(/^AWSCodeBuild-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u, 'AWS CodeBuild'),
    remedy: 'Assume a role with a session name that you choose.',
  },
  {
    ...generated(/^GitHubActions$/u, 'configure-aws-credentials', shared),
    remedy: 'Set role-session-name of the action, for example to the name of the workflow.',
  },
  {
    ...generated(/^CognitoIdentityCredentials$/u, 'Amazon Cognito', shared),
    remedy: 'Call the API with the credentials of the identity pool, so that the request contains the identity ID.',
  },
]

function generated(form: RegExp, by: string, fault = changes): GeneratedName {
  return { form, by, fault, remedy: profile }
}

/** The source of a generated session name; undefined if the name was chosen. */
export function sourceOfName(session: string): GeneratedName | undefined {
  return generatedNames.find(({ form }) => form.test(session))
}
