import { join } from 'node:path'
import { startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import * as library from '../index.js'
import { guarantees, type Subject } from '../testing/guarantees.js'
import { LocalDriver } from '../testing/session-driver.js'
import { nodeTransports } from '../testing/transports.js'

for (const { name, options } of nodeTransports) guarantees(name, () => inThisProcess(options))

async function inThisProcess(options: Subject['options']): Promise<Subject> {
  const aws = await startLocalAws({ assembly: join(projectRoot(process.cwd()), 'cdk.out'), triggers: false })
  const { accessKeyId, secretAccessKey } = aws.developer
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
  return {
    aws,
    driver: new LocalDriver(library),
    vendor: { url, region: aws.region, ca: aws.ca, credentials: { accessKeyId, secretAccessKey } },
    options: { ...options, ca: aws.ca },
    tellsRepetitions: options.mqtt !== 3,
    expiries: options.mqtt === 3 ? 3 : 8,
    [Symbol.asyncDispose]: () => aws.close(),
  }
}
