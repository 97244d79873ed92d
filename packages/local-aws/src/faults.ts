import type { Account } from './account/account.js'
import type { HttpApiFaults } from './apigateway/index.js'
import type { DynamoDbFaults } from './dynamodb/index.js'
import type { IamFaults } from './iam-api/index.js'
import type { Sts } from './sts/index.js'

/** What can be made to go wrong, now. */
export interface Faults {
  /** One session's credentials end now; without a name, all that were handed out. Answers how many there were. */
  expireCredentials(accessKeyId?: string): number
  /** Every clock of the stand-in goes ahead (or, negative, behind) by this much, from now on; 0 ends it. */
  skewClock(milliseconds: number): void
  /** MQTT sockets are destroyed: one client's, or all. Answers how many there were. */
  cutSockets(clientId?: string): number
  /**
   * Every role that credentials were handed out for is denied `iot:*` by an inline policy, under live connections too; false
   * takes that back. Answers the roles' names.
   */
  denyIot(denied: boolean): string[]
  /** The next `times` CONNECTs are over AWS IoT's quota. */
  throttleConnects(times: number): void
  restartBroker(options: { readonly keepSessions: boolean }): Promise<void>
  readonly sts: Sts['faults']
  readonly iam: IamFaults
  /** Undefined where there is no table. */
  readonly dynamodb: DynamoDbFaults | undefined
  /** Of the first API. */
  readonly api: HttpApiFaults
}

const denyIotStatements = [{ Sid: 'Fault', Effect: 'Deny', Action: 'iot:*', Resource: '*' }]

/** Of an API that is not there: what is set has no effect. */
const idle: HttpApiFaults = { throttle: false, delayMilliseconds: 0, failWith: undefined }

export function faultsOf(account: Account): Faults {
  const { directory, iam, sts, iot, clock, issued } = account
  return {
    expireCredentials: (accessKeyId) => {
      const now = clock.now()
      const ids = accessKeyId === undefined ? [...issued] : [accessKeyId]
      const alive = ids.filter((id) => (directory.accessKey(id)?.expiresAt ?? 0) > now)
      for (const id of alive) directory.expire(id)
      return alive.length
    },
    skewClock: (milliseconds) => {
      clock.skew = milliseconds
    },
    cutSockets: (clientId) => iot.cut(clientId),
    denyIot: (denied) => {
      const arns = [...issued].flatMap((id) => directory.accessKey(id)?.principal.issuerArn ?? [])
      const names = [...new Set(arns)].flatMap((arn) => directory.role(arn)?.roleName ?? [])
      for (const name of names) {
        if (denied) {
          directory.putRolePolicy(name, 'fault', { Version: '2012-10-17', Statement: denyIotStatements })
        } else if (directory.role(name)?.inlinePolicies.has('fault')) {
          directory.deleteRolePolicy(name, 'fault')
        }
      }
      return names
    },
    throttleConnects: (times) => iot.throttle(times),
    restartBroker: (options) => iot.restart(options),
    sts: sts.faults,
    iam: iam.faults,
    get dynamodb() {
      return account.dynamodb?.faults
    },
    get api() {
      return account.apis.first?.faults ?? idle
    },
  }
}
