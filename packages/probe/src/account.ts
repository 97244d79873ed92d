import { setTimeout } from 'node:timers/promises'
import { DeleteRolePolicyCommand, type IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts'
import { presignedHandshake } from './mqtt/presign.js'
import { RawClient } from './mqtt/raw-client.js'
import { type Answered, domainOf, signedCall } from './signed-call.js'
import type { Keys, Patience, Target } from './target.js'

/** Credentials of a session, and what STS said of them. */
export interface ProbeSession extends Keys {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Percent; undefined where STS says nothing. */
  readonly packedPolicySize: number | undefined
}

export interface SessionRequest {
  /** Statements of the session policy, or its text. */
  readonly policy: readonly object[] | string
  readonly policyArns?: readonly string[]
  readonly sessionName?: string
  readonly durationSeconds?: number
}

export interface AccountSettings {
  readonly target: Target
  readonly patience: Patience
  readonly stsAs: (keys?: Keys) => STSClient
  readonly iam: IAMClient
  readonly iotEndpoint: string
  /** ARNs and names of the probe's stack, by output. */
  readonly outputs: Readonly<Record<string, string>>
  /** Begins every topic and client ID. */
  readonly prefix: string
  /** Once it is aborted, nothing is asked any more: whatever is called rejects, and connections are cut. */
  readonly signal: AbortSignal
}

/** Milliseconds for which a new role may not be known to STS yet. */
const newRole = 60_000
const inlinePolicy = 'Changed'

/** What questions are asked with. */
export class ProbeAccount {
  readonly #settings: AccountSettings
  readonly #open: RawClient[] = []
  readonly #sts: STSClient
  #names = 0

  constructor(settings: AccountSettings) {
    this.#settings = settings
    this.#sts = settings.stsAs()
    settings.signal.addEventListener('abort', () => void this.#cutAll(), { once: true })
  }

  get prefix(): string {
    return this.#settings.prefix
  }

  get patience(): Patience {
    return this.#settings.patience
  }

  output(name: string): string {
    const value = this.#settings.outputs[name]
    if (value === undefined) throw new Error(`The probe's stack has no output ${name}`)
    return value
  }

  /** Resolves after so many milliseconds. @throws AbortError */
  async pause(milliseconds: number): Promise<void> {
    await setTimeout(milliseconds, undefined, { signal: this.#settings.signal })
  }

  /** Until the credentials have expired. @throws AbortError */
  expired(keys: ProbeSession): Promise<void> {
    return this.patience.expired(keys, this.#settings.signal)
  }

  /** A name that nothing else has. */
  name(what: string): string {
    this.#names += 1
    return `${this.prefix}-${what}-${this.#names}`
  }

  /** ARN of AWS IoT; `topic/…`, `client/…`. */
  arn(rest: string): string {
    const { 1: partition, 4: account } = this.output('Probed').split(':')
    return `arn:${partition}:iot:${this.#settings.target.region}:${account}:${rest}`
  }

  /** A session of the probed role. @throws STS's own error */
  async assume({
    policy,
    policyArns,
    sessionName = 'probe',
    durationSeconds = 3_600,
  }: SessionRequest): Promise<ProbeSession> {
    const text = typeof policy === 'string' ? policy : JSON.stringify({ Version: '2012-10-17', Statement: policy })
    const command = new AssumeRoleCommand({
      RoleArn: this.output('Probed'),
      RoleSessionName: sessionName,
      DurationSeconds: durationSeconds,
      Policy: text,
      ...(policyArns === undefined ? {} : { PolicyArns: policyArns.map((arn) => ({ arn })) }),
    })
    const { Credentials, PackedPolicySize } = await this.#patiently(() => this.#sts.send(command, this.#abortable))
    return { ...keysOf(Credentials), packedPolicySize: PackedPolicySize }
  }

  /** Who assumes a role of the stack, by output. */
  async become(output: string): Promise<Keys> {
    const command = new AssumeRoleCommand({ RoleArn: this.output(output), RoleSessionName: 'probe' })
    return keysOf((await this.#patiently(() => this.#sts.send(command, this.#abortable))).Credentials)
  }

  /** What STS says to these keys when they ask for a role of the stack that they may not have. */
  async refusal(keys: Keys, output: string): Promise<string> {
    const sts = this.#settings.stsAs(keys)
    try {
      await sts.send(new AssumeRoleCommand({ RoleArn: this.output(output), RoleSessionName: 'probe' }))
      return 'allowed'
    } catch (error) {
      return (error as Error).message
    } finally {
      sts.destroy()
    }
  }

  /** A client of these credentials that has not sent CONNECT. @throws HandshakeRefused */
  async open(keys: Keys, version: 4 | 5 = 5): Promise<RawClient> {
    const { target, iotEndpoint, patience, signal } = this.#settings
    signal.throwIfAborted()
    const url = await presignedHandshake(iotEndpoint, target.region, keys)
    const client = await RawClient.open({ url, version, ca: target.ca, silence: patience.silence })
    this.#open.push(client)
    if (signal.aborted) await client.cut()
    signal.throwIfAborted()
    return client
  }

  /** Publishes over HTTPS. */
  publish(keys: Keys, topic: string): Promise<Answered> {
    const { iotEndpoint, target, signal } = this.#settings
    const url = new URL(`https://${iotEndpoint}/topics/${encodeURIComponent(topic)}?qos=1`)
    return signedCall({ target, signal, keys, service: 'iotdata', url, body: 'x' })
  }

  /** Calls the stack's function. */
  async invoke(event: object): Promise<unknown> {
    const { target, signal } = this.#settings
    const base = target.endpoint ?? `https://lambda.${target.region}.${domainOf(target.region)}`
    const url = new URL(`/2015-03-31/functions/${this.output('Function')}/invocations`, base)
    const keys = await target.keys()
    const body = JSON.stringify(event)
    const { status, text } = await signedCall({ target, signal, keys, service: 'lambda', url, body })
    if (status !== 200) throw new Error(`Lambda answered ${status}: ${text}`)
    return JSON.parse(text)
  }

  /** An inline policy of the probed role, under live sessions. */
  async putPolicy(statements: readonly object[]): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    await this.#settings.iam.send(
      new PutRolePolicyCommand({ RoleName: this.#roleName(), PolicyName: inlinePolicy, PolicyDocument }),
      this.#abortable,
    )
  }

  /** CloudFormation deletes no role with a policy that it does not know. */
  async deletePolicy(): Promise<void> {
    const command = new DeleteRolePolicyCommand({ RoleName: this.#roleName(), PolicyName: inlinePolicy })
    await this.#settings.iam.send(command).catch((error: Error) => {
      if (!/NoSuchEntity/u.test(error.name)) throw error
    })
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#sts.destroy()
    await this.#cutAll()
  }

  get #abortable(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: this.#settings.signal }
  }

  async #cutAll(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((client) => client.cut()))
  }

  #roleName(): string {
    return this.output('Probed').split('/').at(-1) ?? ''
  }

  /** A role that was created a moment ago may not be known everywhere. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    const end = Date.now() + newRole
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if ((error as Error).name !== 'AccessDenied' || Date.now() > end) throw error
        await this.pause(this.patience.look)
      }
    }
  }
}

function keysOf(
  credentials: {
    AccessKeyId?: string | undefined
    SecretAccessKey?: string | undefined
    SessionToken?: string | undefined
    Expiration?: Date | undefined
  } = {},
) {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = credentials
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: Expiration?.getTime() ?? 0,
  }
}
