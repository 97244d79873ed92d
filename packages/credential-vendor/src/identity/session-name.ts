/** A source of generated session names. */
export interface MadeUpName {
  readonly by: string
  /** Why such a name does not identify a user, as the predicate of a sentence. */
  readonly fault: string
  readonly remedy: string
}

const changes = 'changes with each session, and so would be a different user every hour'
const shared = 'is the same for all users'
const profile = 'Set role_session_name in the profile, or AWS_ROLE_SESSION_NAME.'

/**
 * Session names that software generates. Each is recorded or documented; what is not listed counts as chosen.
 *
 * Sources: the SDKs' code (js `credential-provider-ini` and `fromTokenFile`, botocore `credentials.py`, go `stscreds`, java
 * `ProfileAssumeRoleCredentialsProvider`, kotlin, php `CredentialProvider`, .NET `AWSCredentialsFactory`, rust `sts::util`); aws/aws-sdk-go
 * issue 2828 (bare nanoseconds); EKS API reference, AssumedRoleUser (Pod Identity); CodeBuild user guide; aws-actions/configure-aws-credentials.
 */
const madeUpNames: readonly (MadeUpName & { readonly form: RegExp })[] = [
  ...[
    [/^aws-sdk-js(-session)?-\d+$/u, 'the AWS SDK for JavaScript'],
    [/^botocore-session-\d+$/u, 'botocore (AWS CLI, boto3)'],
    [/^(aws-go-sdk-)?\d{16,}$/u, 'the AWS SDK for Go'],
    [/^aws-sdk-java-\d+$/u, 'the AWS SDK for Java'],
    [/^aws-sdk-kotlin-\d+$/u, 'the AWS SDK for Kotlin'],
    [/^aws-sdk-php-\d+$/u, 'the AWS SDK for PHP'],
    [/^aws-dotnet-sdk-session-\d+$/u, 'the AWS SDK for .NET'],
    [/^(assume-role-from-profile|assume-role-provider|web-identity-token)-\d+$/u, 'the AWS SDK for Rust'],
  ].map(([form, by]) => ({ form: form as RegExp, by: by as string, fault: changes, remedy: profile })),
  {
    form: /^eks-.*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u,
    by: 'EKS Pod Identity',
    fault: changes,
    remedy: 'Use IRSA with AWS_ROLE_SESSION_NAME, or let a backend name the user.',
  },
  {
    form: /^AWSCodeBuild-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u,
    by: 'AWS CodeBuild',
    fault: changes,
    remedy: 'Assume a role with a session name that you choose.',
  },
  {
    form: /^GitHubActions$/u,
    by: 'configure-aws-credentials',
    fault: shared,
    remedy: 'Set role-session-name of the action, for example to the name of the workflow.',
  },
  {
    form: /^CognitoIdentityCredentials$/u,
    by: 'Amazon Cognito',
    fault: shared,
    remedy:
      'Call the API directly with the credentials of the identity pool, so that the request contains the identity ID.',
  },
]

/** The source of a generated session name; undefined if the name was chosen. */
export function madeUpName(session: string): MadeUpName | undefined {
  return madeUpNames.find(({ form }) => form.test(session))
}
