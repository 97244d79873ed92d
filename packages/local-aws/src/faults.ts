import type { Account } from './account/account.js'
import type { HttpApiFaults } from './apigateway/index.js'
import type { DynamoDbFaults } from './dynamodb/index.js'
import type { Outage, ServiceName } from './outages.js'
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
  /** So few CONNECTs a second are left of the account's quota, which is 500 for all clients together; undefined ends it. */
  limitConnects(perSecond: number | undefined): void
  /** This service is down from now on; undefined: it is up again. Open MQTT connections end when AWS IoT goes down. */
  outage(service: ServiceName, outage: Outage | undefined): void
  restartBroker(options: { readonly keepSessions: boolean }): Promise<void>
  readonly sts: Sts['faults']
  readonly iam: IamFaults
  /** Undefined where there is no table. */
  readonly dynamodb: DynamoDbFaults | undefined
  /** Of the first API. */
  readonly api: HttpApiFaults
}

const denyIotStatements = [{ Sid: 'Fault', Effect: 'Deny', Action: 'iot:*', Resource: '*' }]

/** How late IAM's changes are felt. 0 ends each; new roles, deleted ones and the policies of users are not late. */
export interface IamFaults {
  /**
   * IAM's own reads answer as of so many milliseconds ago, as its replicas may; a function is asked anew for each read.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
   */
  lagReads(milliseconds: number | (() => number)): void
  /**
   * Decisions go by the policies of so many milliseconds ago, trust policies too.
   *
   * @param iot for AWS IoT alone, which "can take 6 to 8 minutes"; default: the same
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html
   */
  lagPolicies(milliseconds: number, options?: { readonly iot?: number }): void
}

/** Of an API that is not there: what is set has no effect. */
const idle: HttpApiFaults = { throttle: false, delayMilliseconds: 0, failWith: undefined }

export function faultsOf(account: Account): Faults {
  const { directory, sts, iot, clock, issued, outages } = account
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
    limitConnects: (perSecond) => iot.limitConnects(perSecond),
    outage: (service, outage) => {
      outages.set(service, outage)
      if (service === 'iot' && outage !== undefined) iot.cut()
    },
    restartBroker: (options) => iot.restart(options),
    sts: sts.faults,
    iam: {
      lagReads: (milliseconds) => directory.propagation.lag('reads', milliseconds),
      lagPolicies: (milliseconds, options) => {
        directory.propagation.lag('decisions', milliseconds)
        directory.propagation.lag('iot', options?.iot ?? milliseconds)
      },
    },
    get dynamodb() {
      return account.dynamodb?.faults
    },
    get api() {
      return account.apis.first?.faults ?? idle
    },
  }
}
