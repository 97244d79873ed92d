import type { Clock } from '../../clock.js'
import {
  type AccessKey,
  type AccessRequest,
  authorize,
  type ConditionContext,
  type Decision,
  DecisionMemory,
  type Directory,
} from '../../iam/index.js'
import type { ObservedDecision, Observer } from '../observer.js'

/** The data plane's actions, each with the resource type on which it is checked. */
const resourceTypes = {
  Connect: 'client',
  Publish: 'topic',
  RetainPublish: 'topic',
  Subscribe: 'topicfilter',
  Receive: 'topic',
  GetRetainedMessage: 'topic',
  ListRetainedMessages: undefined,
  GetConnection: 'client',
  DeleteConnection: 'client',
  ListSubscriptions: 'client',
  SendDirectMessage: 'client',
} as const

export type IotAction = keyof typeof resourceTypes
/** The requester: the signing credentials, the MQTT client ID (none over HTTPS) and the address. */
export interface Requester {
  readonly identity: AccessKey
  readonly clientId?: string | undefined
  readonly sourceIp: string
  /** Cached decisions of a requester with several requests. */
  readonly decisions?: DecisionMemory<IotAction, Ruling>
}

/** A decision with its action and resource. */
export interface Ruling extends Decision {
  readonly allowed: boolean
  readonly action: string
  readonly resource: string
}

export interface AuthorizationOptions {
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  readonly directory: Pick<Directory, 'accessKey'>
  /** `deny`: credentials that expired during an open connection allow nothing more. */
  readonly credentialExpiry: 'ignore' | 'disconnect' | 'deny'
  /** Receives each decision. */
  readonly observer?: Pick<Observer, 'decision'> | undefined
}

/**
 * Maps an operation to the action and the ARN for IAM. Policies are read for every decision: a connection's cache does not outlive
 * them.
 */
export class Authorization {
  readonly #options: AuthorizationOptions
  readonly #prefix: string

  constructor(options: AuthorizationOptions) {
    this.#options = options
    const { region, accountId } = options
    const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
    this.#prefix = `arn:${partition}:iot:${region}:${accountId}:`
  }

  /** `arn:aws:iot:<region>:<account>:topic/<name>` and so on; `*` for an action without a resource. */
  arn(action: IotAction, name: string): string {
    const type = resourceTypes[action]
    return type === undefined ? '*' : `${this.#prefix}${type}/${name}`
  }

  /** Whether the credentials of a connection have expired; looked up in the account, where they can be expired early. */
  expired({ accessKeyId, expiresAt }: AccessKey): boolean {
    if (expiresAt === undefined) return false
    const { directory, clock } = this.#options
    return (directory.accessKey(accessKeyId)?.expiresAt ?? 0) <= clock.now()
  }

  /** @param context further context keys of this operation */
  decide(requester: Requester, action: IotAction, name: string, context?: ConditionContext): Ruling {
    const ruling = this.#decide(requester, action, name, context)
    this.#options.observer?.decision(observed(requester, ruling, this.#options.clock.now()))
    return ruling
  }

  #decide(requester: Requester, action: IotAction, name: string, context?: ConditionContext): Ruling {
    if (this.#options.credentialExpiry === 'deny' && this.expired(requester.identity)) {
      const reason = 'the credentials that opened this connection have expired (switch credentialExpiry)'
      return { ...this.#request(action, name), allowed: false, outcome: 'ImplicitlyDenied', reason }
    }
    if (context === undefined && requester.decisions !== undefined) return requester.decisions.decide(action, name)
    const request = this.#request(action, name)
    const full = { ...contextOf(requester, this.#options), ...context }
    return rulingOf(request, authorize(requester.identity.principal, { ...request, context: full }, 'iot'))
  }

  /** The same requester with a cache, which pays off for a connection. */
  remembering(requester: Requester): Requester {
    const decisions = new DecisionMemory<IotAction, Ruling>({
      principal: requester.identity.principal,
      context: contextOf(requester, this.#options),
      request: (action, name) => this.#request(action, name),
      ruling: rulingOf,
      view: 'iot',
    })
    return { ...requester, decisions }
  }

  #request(action: IotAction, name: string): AccessRequest {
    return { action: `iot:${action}`, resource: this.arn(action, name) }
  }
}

function observed({ identity, clientId }: Requester, ruling: Ruling, at: number): ObservedDecision {
  const { action, resource, allowed, policy, statement, reason } = ruling
  const { accessKeyId, principal } = identity
  const asked = { at, accessKeyId, principal: principal.arn, clientId, action, resource }
  return { ...asked, allowed, policy, statement, reason, policies: principal.policies() }
}

function contextOf({ clientId, sourceIp }: Requester, { region }: AuthorizationOptions): ConditionContext {
  return { 'aws:RequestedRegion': region, 'aws:SourceIp': sourceIp, 'iot:ClientId': clientId }
}

function rulingOf(request: AccessRequest, decision: Decision): Ruling {
  return { ...decision, ...request, allowed: decision.outcome === 'Allowed' }
}
