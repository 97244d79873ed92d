import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { TestAccount } from './test-account.js'

/**
 * One account for all tests of a file. After each test its faults end and its sessions are closed.
 *
 * @param started called with the account before the first test
 */
export function accountOfSuite(
  started: (account: TestAccount) => void,
  switches: Parameters<typeof TestAccount.start>[0] = {},
): void {
  let account: TestAccount | undefined
  beforeAll(async () => {
    account = await TestAccount.start(switches)
    started(account)
  })
  afterEach(async () => {
    account?.aws.faults.throttleConnects(0)
    account?.aws.faults.skewClock(0)
    account?.aws.iot.delay(0)
    await account?.closeSessions()
  })
  afterAll(async () => {
    await account?.[Symbol.asyncDispose]()
  })
}
