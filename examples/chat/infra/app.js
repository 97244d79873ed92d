// The chat's stack: each user reads every room, and writes only under their own name.
import { StackChecks, TopicCredentials } from '@topic-credentials/cdk'
import { App, CfnOutput, Stack, Validations } from 'aws-cdk-lib'

const app = new App()
Validations.of(app).addPlugins(new StackChecks())
const stack = new Stack(app, 'Chat')
const { api, endpoint } = new TopicCredentials(stack, 'Credentials', {
  entitlements: {
    entitlements: [{ publish: ['rooms/+/${userId}'], subscribe: ['rooms/+/+'] }],
  },
  // The chat's own server names the users. It is the only caller, with its IAM role.
  backends: true,
  roleName: 'chat-user',
})
new CfnOutput(stack, 'CredentialsUrl', { value: api.credentialsUrl })
new CfnOutput(stack, 'IotEndpoint', { value: endpoint.hostName })
app.synth()
