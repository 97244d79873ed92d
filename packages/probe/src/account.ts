import { setTimeout } from 'node:timers/promises'
import { DeleteRolePolicyCommand, type IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, type Credentials, type STSClient } from '@aws-sdk/client-sts'
import { presignedHandshake } from './mqtt/presign.js'
import { RawClient } from './mqtt/raw-client.js'
import { type Answered, domainOf, signedCall } from './signed-call.js'
import type { Keys, Patience, Target } from './target.js'

/** Credentials of a session, with the data that STS returned. */
export interface ProbeSession extends Keys {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Percent; undefined if STS does not return it. */
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
  /** The beginning of every topic and client ID. */
  readonly prefix: string
  /** When it is aborted, all calls reject and all connections are closed. */
  readonly signal: AbortSignal
}

/** Milliseconds until STS accepts a new role everywhere. */
const newRole = 60_000
const inlinePolicy = 'Changed'

/** The account and the stack that the questions use. */
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
    if (value === undefined) throw new Error(`The stack of the probe has no output ${name}`)
    return value
  }

  /** @throws AbortError */
  async pause(milliseconds: number): Promise<void> {
    await setTimeout(milliseconds, undefined, { signal: this.#settings.signal })
  }

  /** Resolves when the credentials have expired. @throws AbortError */
  expired(keys: ProbeSession): Promise<void> {
    return this.patience.expired(keys, this.#settings.signal)
  }

  /** A unique name. */
  name(what: string): string {
    this.#names += 1
    return `${this.prefix}-${what}-${this.#names}`
  }

  /** The ARN of an IoT resource. @param rest `topic/…`, `client/…` */
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

  /** Credentials of a role of the stack. @param output its name */
  async become(output: string): Promise<Keys> {
    const command = new AssumeRoleCommand({ RoleArn: this.output(output), RoleSessionName: 'probe' })
    return keysOf((await this.#patiently(() => this.#sts.send(command, this.#abortable))).Credentials)
  }

  /** The message with which STS refuses a role of the stack to these keys; `allowed` if it does not. */
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

  /** A client that has connected with this session policy. */
  async connected(policy: SessionRequest['policy'], clientId: string, version: 4 | 5 = 5): Promise<RawClient> {
    const client = await this.open(await this.assume({ policy }), version)
    await client.connect({ clientId })
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
    if (status !== 200) throw new Error(`Lambda responded with ${status}: ${text}`)
    return JSON.parse(text)
  }

  /** Sets the inline policy of the probed role while its sessions are in use. */
  async putPolicy(statements: readonly object[]): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    await this.#settings.iam.send(
      new PutRolePolicyCommand({ RoleName: this.#roleName(), PolicyName: inlinePolicy, PolicyDocument }),
      this.#abortable,
    )
  }

  /** Deletes that policy: CloudFormation cannot delete a role with a policy that it does not manage. */
  async deletePolicy(): Promise<void> {
    const command = new DeleteRolePolicyCommand({ RoleName: this.#roleName(), PolicyName: inlinePolicy })
    await this.#settings.iam.send(command).catch((error: Error) => {
      if (!/NoSuchEntity/u.test(error.name)) throw error
    })
  }

  /** Closes all connections. */
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

  /** Retries while STS refuses the role, which can be too new to be known everywhere. */
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

function keysOf(credentials: Partial<Credentials> = {}) {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = credentials
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: Expiration?.getTime() ?? 0,
  }
}
