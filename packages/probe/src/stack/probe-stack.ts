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
  /** Milliseconds between two looks. */
  readonly look: number
  readonly say: (line: string) => void
  /** Called with the name before the stack is ordered, and with undefined once it is deleted. */
  readonly holds: (stackName: string | undefined) => void
}

/** What deletes a stack that the probe has left. */
export function deletionCommand(stackName: string): string {
  return `aws cloudformation delete-stack --stack-name ${stackName}`
}

/**
 * The probe's own stack: created, and deleted whatever happened. A template in the code, without the CDK: it needs no bootstrap and no asset, and the
 * product's role would be too narrow for the questions.
 */
export class ProbeStack {
  readonly #settings: StackSettings
  /** Whether it may be there: also when the answer was lost. */
  #ordered = false

  constructor(settings: StackSettings) {
    this.#settings = settings
  }

  /** @throws ProbeError `not_deployed`, `aborted` */
  async create(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { cloudFormation, stackName, holds } = this.#settings
    if (signal.aborted) throw stopped('before anything was deployed')
    const body = { TemplateBody: JSON.stringify(template(this.#settings)), Capabilities: ['CAPABILITY_IAM' as const] }
    this.#ordered = true
    holds(stackName)
    // Not ended by Ctrl-C: an order whose answer is not awaited may or may not have arrived.
    const command = new CreateStackCommand({ StackName: stackName, ...body, OnFailure: 'DO_NOTHING' })
    await cloudFormation.send(command).catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => {
      if (/^4/u.test(String(error.$metadata?.httpStatusCode))) this.#gone()
      throw new ProbeError('not_deployed', `The stack ${stackName} was not created: ${error.message}`, {
        value: stackName,
        remedy: 'Your identity needs rights for CloudFormation, to create IAM roles and a Lambda function.',
      })
    })
    const { StackStatus, StackStatusReason, Outputs = [] } = (await this.#settled(signal)) ?? {}
    if (StackStatus !== 'CREATE_COMPLETE') {
      throw new ProbeError('not_deployed', `The stack ${stackName} is ${StackStatus}: ${StackStatusReason}`, {
        value: stackName,
        remedy: 'It is deleted now. Your identity needs rights to create IAM roles and a Lambda function.',
      })
    }
    return Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
  }

  /**
   * Deletes it, once it is not being created any more.
   *
   * @param failure why, if something failed before
   * @throws ProbeError `not_destroyed`, with the command that does it
   */
  async destroy(failure?: unknown): Promise<void> {
    const { cloudFormation, stackName, say } = this.#settings
    if (!this.#ordered) return
    say(`Deleting the stack ${stackName} …`)
    try {
      // What is under way comes to its end first.
      await this.#settled()
      await cloudFormation.send(new DeleteStackCommand({ StackName: stackName }))
      const stack = await this.#settled()
      if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') {
        this.#gone()
        return
      }
      throw new Error(`it is ${stack.StackStatus}: ${stack.StackStatusReason}`)
    } catch (error) {
      const message = `The stack ${stackName} is still there: ${(error as Error).message}`
      const remedy = `Delete it yourself: ${deletionCommand(stackName)}`
      throw new ProbeError('not_destroyed', message, { value: stackName, remedy, cause: failure ?? error })
    }
  }

  #gone(): void {
    this.#ordered = false
    this.#settings.holds(undefined)
  }

  /** When nothing is under way any more; undefined once it is gone. */
  async #settled(signal?: AbortSignal): Promise<Stack | undefined> {
    const { cloudFormation, stackName, look, say } = this.#settings
    let told = ''
    for (;;) {
      if (signal?.aborted) throw stopped('while the stack was being created')
      const stack = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName })).then(
        ({ Stacks }) => Stacks?.[0],
        (error: Error) => {
          if (/does not exist/u.test(error.message)) return undefined
          throw error
        },
      )
      if (stack === undefined || !stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack
      if (told !== stack.StackStatus) say(`  ${stack.StackStatus}`)
      told = stack.StackStatus
      await setTimeout(look, undefined, signal === undefined ? {} : { signal }).catch(() => {})
    }
  }
}
