import { readEntitlements, TopicCredentials } from '@topic-credentials/cdk'
import { type App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { OAuthScope, UserPool } from 'aws-cdk-lib/aws-cognito'

/** Properties of {@link UserPoolStack}. */
export interface UserPoolStackProps extends StackProps {
  readonly entitlementsFile: string
  /** Origin of the web app, such as `https://app.example.com`. */
  readonly origin: string
}

/** Users sign in with a Cognito user pool and request credentials with their ID tokens. See docs/guides/cognito.md. */
export class UserPoolStack extends Stack {
  constructor(scope: App, id: string, { entitlementsFile, origin, ...props }: UserPoolStackProps) {
    super(scope, id, props)
    const pool = new UserPool(this, 'Users')
    const web = pool.addClient('Web', {
      oAuth: { flows: { authorizationCodeGrant: true }, scopes: [OAuthScope.OPENID], callbackUrls: [`${origin}/`] },
    })
    const { api } = new TopicCredentials(this, 'Credentials', {
      entitlements: readEntitlements(entitlementsFile),
      jwt: { issuer: pool.userPoolProviderUrl, audience: [web.userPoolClientId] },
      groupsClaim: 'cognito:groups',
      corsOrigins: [origin],
    })
    new CfnOutput(this, 'CredentialsUrl', { value: api.credentialsUrl })
    new CfnOutput(this, 'UserPoolClient', { value: web.userPoolClientId })
  }
}
