import { setTimeout } from 'node:timers/promises'
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import { ProbeError, stopped } from '../errors.js'
import { type TemplateSettings, template } from './template.js'

export interface StackSettings extends TemplateSettings {
  readonly cloudFormation: CloudFormationClient
  readonly stackName: string
  /** Milliseconds between two requests for the status. */
  readonly look: number
  readonly say: (line: string) => void
  /** Called with the name before the stack is created, and with undefined after it is deleted. */
  readonly holds: (stackName: string | undefined) => void
}

/** The command that deletes a stack of the probe. */
export function deletionCommand(stackName: string): string {
  return `aws cloudformation delete-stack --stack-name ${stackName}`
}

/**
 * The probe's own stack. Its template is part of the code and not made with the CDK, so it needs no bootstrap and no assets. The topic role of the
 * product would be too narrow for the questions.
 */
export class ProbeStack {
  readonly #settings: StackSettings
  /** Whether the stack can exist: its creation was requested, even if the response was lost. */
  #requested = false

  constructor(settings: StackSettings) {
    this.#settings = settings
  }

  /** @throws ProbeError `not_deployed`, `aborted` */
  async create(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { cloudFormation, stackName, holds } = this.#settings
    if (signal.aborted) throw stopped('before the deployment')
    const body = { TemplateBody: JSON.stringify(template(this.#settings)), Capabilities: ['CAPABILITY_IAM' as const] }
    this.#requested = true
    holds(stackName)
    // Ctrl-C does not abort this request: otherwise it would be unknown whether it has arrived.
    const command = new CreateStackCommand({ StackName: stackName, ...body, OnFailure: 'DO_NOTHING' })
    await cloudFormation.send(command).catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => {
      if (/^4/u.test(String(error.$metadata?.httpStatusCode))) this.#gone()
      throw new ProbeError('not_deployed', `The stack ${stackName} was not created: ${error.message}`, {
        value: stackName,
        remedy: 'Use an identity with permission for CloudFormation and to create IAM roles and a Lambda function.',
      })
    })
    const { StackStatus, StackStatusReason, Outputs = [] } = (await this.#settled(signal)) ?? {}
    if (StackStatus !== 'CREATE_COMPLETE') {
      throw new ProbeError('not_deployed', `The stack ${stackName} is ${StackStatus}: ${StackStatusReason}`, {
        value: stackName,
        remedy: 'It is deleted now. Use an identity with permission to create IAM roles and a Lambda function.',
      })
    }
    return Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
  }

  /**
   * Deletes the stack, after its creation has ended.
   *
   * @param failure the failure before the deletion, if any
   * @throws ProbeError `not_destroyed`, with the command that deletes the stack
   */
  async destroy(failure?: unknown): Promise<void> {
    const { cloudFormation, stackName, say } = this.#settings
    if (!this.#requested) return
    say(`Deleting the stack ${stackName} …`)
    try {
      // CloudFormation must end the current operation first.
      await this.#settled()
      await cloudFormation.send(new DeleteStackCommand({ StackName: stackName }))
      const stack = await this.#settled()
      if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') {
        this.#gone()
        return
      }
      throw new Error(`it is ${stack.StackStatus}: ${stack.StackStatusReason}`)
    } catch (error) {
      const message = `The stack ${stackName} still exists: ${(error as Error).message}`
      const remedy = `Delete it with: ${deletionCommand(stackName)}`
      throw new ProbeError('not_destroyed', message, { value: stackName, remedy, cause: failure ?? error })
    }
  }

  #gone(): void {
    this.#requested = false
    this.#settings.holds(undefined)
  }

  /** Waits until no operation is in progress. @returns the stack; undefined if it does not exist */
  async #settled(signal?: AbortSignal): Promise<Stack | undefined> {
    const { cloudFormation, stackName, look, say } = this.#settings
    let shown = ''
    for (;;) {
      if (signal?.aborted) throw stopped('during the deployment')
      const stack = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName })).then(
        ({ Stacks }) => Stacks?.[0],
        (error: Error) => {
          if (/does not exist/u.test(error.message)) return undefined
          throw error
        },
      )
      if (stack === undefined || !stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack
      if (shown !== stack.StackStatus) say(`  ${stack.StackStatus}`)
      shown = stack.StackStatus
      await setTimeout(look, undefined, signal === undefined ? {} : { signal }).catch(() => {})
    }
  }
}
