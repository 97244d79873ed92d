// The plain device SDK with MQTT 5, as in its samples.

import { mark, target } from './report.js'
import { openMqtt5 } from './sdk5-session.js'

const sdk = await import('aws-iot-device-sdk-v2')
mark('imported')
const { accessKeyId, secretAccessKey, sessionToken, vended } = target.identity
const provider = sdk.auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken)
await openMqtt5(sdk, provider, vended.clientIdPrefix + target.suffix)
