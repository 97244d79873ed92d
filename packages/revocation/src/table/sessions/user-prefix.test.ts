import { expect, it } from '@jest/globals'
import type { AccessKey } from '@topic-credentials/access'
import { MemoryTable } from '@topic-credentials/access/testing'
import { encodeUserId } from '@topic-credentials/grants'
import { TestRole } from '../../testing/lagging-role.js'
import { TableRevoker } from '../table-revoker.js'

const dev: AccessKey = { kind: 'role', name: 'Dev' }

it.each([
  ['', ['Dev~alice'], ['Staging~~Dev~alice', 'Developer~bob', 'Ops~alice']],
  ['Staging~~', ['Staging~~Dev~alice', 'Staging~~Dev~'], ['Dev~alice', 'Staging~~Developer~bob', 'Other~~Dev~alice']],
])(
  'a revoked role ends the live sessions of its users in a stack with the prefix %j, and no others',
  async (userPrefix, its, others) => {
    const role = new TestRole()
    const revoker = new TableRevoker({
      table: new MemoryTable(),
      role: role.view(
        async () => {},
        () => 0,
      ),
      userPrefix,
      vendors: async () => [],
      now: role.clock.now,
      patience: { reads: 1, pause: async () => {} },
      operator: async () => 'operator',
    })
    const may = (userId: string) => role.may(encodeUserId(userId), role.clock.at - 1000)
    expect([...its, ...others].map(may)).not.toContain(false)
    await revoker.revoke(dev)
    expect(its.map(may)).not.toContain(true)
    expect(others.map(may)).not.toContain(false)
  },
)
