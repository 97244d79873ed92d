import { Agent } from 'node:https'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import type { AccessKey } from '../../iam/index.js'
import { region, type TestAccount } from './test-account.js'

/** The stock HTTPS client for some credentials. */
export function dataPlaneClient(account: TestAccount, key: AccessKey): IoTDataPlaneClient {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  return new IoTDataPlaneClient({
    endpoint: `https://${account.iot.endpoint}`,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    requestHandler: { httpsAgent: new Agent({ ca: account.ca, keepAlive: false }) },
  })
}
