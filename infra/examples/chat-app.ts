import { TopicCredentials } from '@topic-credentials/cdk'
import { type App, CfnOutput, Stack } from 'aws-cdk-lib'

/**
 * An app's own stack that includes credentials for the browsers of a chat: users sign in with Cognito, write to rooms under their own
 * name, and read every room.
 */
export class ChatStack extends Stack {
  constructor(scope: App, id: string) {
    super(scope, id)
    const { api, endpoint } = new TopicCredentials(this, 'Credentials', {
      entitlements: {
        entitlements: [{ publish: ['chat/from/${userId}/+'], subscribe: ['chat/from/+/+'] }],
      },
      roleName: 'chat-user',
      jwt: {
        issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example',
        audience: ['chat-web'],
        scope: 'chat/use',
      },
      corsOrigins: ['https://chat.example.com'],
      concurrency: 20,
    })
    new CfnOutput(this, 'CredentialsUrl', { value: api.credentialsUrl })
    new CfnOutput(this, 'IotEndpoint', { value: endpoint.hostName })
  }
}
