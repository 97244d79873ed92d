import { readEntitlements, TopicCredentials } from '@topic-credentials/cdk'
import { type App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnIdentityPool, CfnIdentityPoolRoleAttachment, UserPool } from 'aws-cdk-lib/aws-cognito'
import { FederatedPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'

/** Properties of {@link IdentityPoolStack}. */
export interface IdentityPoolStackProps extends StackProps {
  readonly entitlementsFile: string
}

/**
 * Users have AWS credentials from a Cognito identity pool and sign their requests with them. Each identity is a separate user: the vendor
 * reads the identity ID and not the session name, which is the same for all identities. See docs/guides/cognito.md.
 */
export class IdentityPoolStack extends Stack {
  constructor(scope: App, id: string, { entitlementsFile, ...props }: IdentityPoolStackProps) {
    super(scope, id, props)
    const users = new UserPool(this, 'Users')
    const web = users.addClient('Web')
    const pool = new CfnIdentityPool(this, 'Identities', {
      allowUnauthenticatedIdentities: false,
      cognitoIdentityProviders: [{ clientId: web.userPoolClientId, providerName: users.userPoolProviderName }],
    })
    const { api } = new TopicCredentials(this, 'Credentials', { entitlements: readEntitlements(entitlementsFile) })
    const signedIn = new Role(this, 'SignedIn', {
      assumedBy: new FederatedPrincipal(
        'cognito-identity.amazonaws.com',
        {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': pool.ref },
          'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
        },
        'sts:AssumeRoleWithWebIdentity',
      ),
    })
    signedIn.addToPolicy(
      new PolicyStatement({
        actions: ['execute-api:Invoke'],
        resources: [api.api.arnForExecuteApi('POST', '/credentials', '$default')],
      }),
    )
    new CfnIdentityPoolRoleAttachment(this, 'Roles', {
      identityPoolId: pool.ref,
      roles: { authenticated: signedIn.roleArn },
    })
    new CfnOutput(this, 'CredentialsUrl', { value: api.credentialsUrl })
    new CfnOutput(this, 'IdentityPool', { value: pool.ref })
  }
}
