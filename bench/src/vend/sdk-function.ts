// The article's calls as a function on the AWS SDK with default settings.
import { randomUUID } from 'node:crypto'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { articlePolicy } from './article-policy.js'

const sts = new STSClient({})

export async function handler() {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: process.env.ROLE_ARN,
      RoleSessionName: `test-${randomUUID()}`,
      Policy: articlePolicy,
    }),
  )
  return { statusCode: 200, body: JSON.stringify(Credentials) }
}
