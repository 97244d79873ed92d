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

/** The data plane's actions, each with the kind of resource it is checked on. */
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
/** Who asks: the credentials that signed, the MQTT client ID (over HTTPS there is none) and the address. */
export interface Requester {
  readonly identity: AccessKey
  readonly clientId?: string | undefined
  readonly sourceIp: string
  /** What was decided before, for a requester that comes again. */
  readonly decisions?: DecisionMemory<IotAction, Ruling>
}

/** A decision together with what was decided. */
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
  /** `deny`: credentials that expired under an open connection allow nothing more. */
  readonly credentialExpiry: 'ignore' | 'disconnect' | 'deny'
  /** Is told of each decision. */
  readonly observer?: Pick<Observer, 'decision'> | undefined
}

/**
 * From an operation to the action and the ARN that IAM decides on. Policies are read at every decision: what is remembered
 * for a connection does not outlive them.
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

  /** Whether credentials that opened a connection have expired since; asked of the account, where they can be cut short. */
  expired({ accessKeyId, expiresAt }: AccessKey): boolean {
    if (expiresAt === undefined) return false
    const { directory, clock } = this.#options
    return (directory.accessKey(accessKeyId)?.expiresAt ?? 0) <= clock.now()
  }

  /** @param context What this one operation adds to what is known about its requester. */
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

  /** The same requester with a memory, which is worth it for a connection. */
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
  return {
    'aws:RequestedRegion': region,
    'aws:SourceIp': sourceIp,
    ...(clientId === undefined ? {} : { 'iot:ClientId': clientId }),
  }
}

function rulingOf(request: AccessRequest, decision: Decision): Ruling {
  return { ...decision, ...request, allowed: decision.outcome === 'Allowed' }
}
