// The plain device SDK with MQTT 5, after the article's own AssumeRole call.
import { randomUUID } from 'node:crypto'
import { articlePolicy } from '../../vend/article-policy.js'
import { mark, target } from './report.js'
import { openMqtt5 } from './sdk5-session.js'

const [sdk, { AssumeRoleCommand, STSClient }] = await Promise.all([
  import('aws-iot-device-sdk-v2'),
  import('@aws-sdk/client-sts'),
])
mark('imported')
const command = new AssumeRoleCommand({
  RoleArn: process.env.ROLE_ARN,
  RoleSessionName: `test-${randomUUID()}`,
  Policy: articlePolicy,
})
const { Credentials } = await new STSClient({}).send(command)
mark('vended')
const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {}
const provider = sdk.auth.AwsCredentialsProvider.newStatic(AccessKeyId, SecretAccessKey, SessionToken)
await openMqtt5(sdk, provider, target.suffix)
