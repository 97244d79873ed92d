import type { Account } from './account/account.js'
import type { HttpApiFaults } from './apigateway/index.js'
import type { DynamoDbFaults } from './dynamodb/index.js'
import type { Outage, ServiceName } from './outages.js'
import type { Sts } from './sts/index.js'

/** The faults that can be switched on. */
export interface Faults {
  /** Expires one session's credentials; without an ID, all issued ones. Returns their number. */
  expireCredentials(accessKeyId?: string): number
  /** Sets every clock of the stand-in ahead (negative: back) by this time; 0 ends it. The processes of functions keep the machine's clock. */
  skewClock(milliseconds: number): void
  /** Destroys the MQTT sockets of one client, or of all. Returns their number. */
  cutSockets(clientId?: string): number
  /**
   * Denies `iot:*` with an inline policy to every role for which credentials were issued, also for open connections; false removes the
   * policy. Returns the names of the roles.
   */
  denyIot(denied: boolean): string[]
  /** The next `times` CONNECTs exceed AWS IoT's quota. */
  throttleConnects(times: number): void
  /** Reduces the account's quota of 500 CONNECTs per second for all clients to this number; undefined ends it. */
  limitConnects(perSecond: number | undefined): void
  /** Takes this service down; undefined: up again. Open MQTT connections end when AWS IoT goes down. */
  outage(service: ServiceName, outage: Outage | undefined): void
  restartBroker(options: { readonly keepSessions: boolean }): Promise<void>
  readonly sts: Sts['faults']
  readonly iam: IamFaults
  /** Undefined if there is no table. */
  readonly dynamodb: DynamoDbFaults | undefined
  /** The faults of the first API. */
  readonly api: HttpApiFaults
}

const denyIotStatements = [{ Sid: 'Fault', Effect: 'Deny', Action: 'iot:*', Resource: '*' }]

/** The propagation delays of IAM's changes. 0 ends each; new roles, deleted ones and the policies of users are not delayed. */
export interface IamFaults {
  /**
   * IAM's own reads return the state of this many milliseconds ago, as its replicas may; a function is called for each read.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
   */
  lagReads(milliseconds: number | (() => number)): void
  /**
   * Decisions use the policies of this many milliseconds ago, including trust policies.
   *
   * @param iot for AWS IoT only, which "can take 6 to 8 minutes"; default: the same
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html
   */
  lagPolicies(milliseconds: number, options?: { readonly iot?: number }): void
}

/** For an API that does not exist: setting them has no effect. */
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
