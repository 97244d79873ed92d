import { setTimeout } from 'node:timers/promises'
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import { ProbeError } from '../errors.js'
import { type TemplateSettings, template } from './template.js'

export interface StackSettings extends TemplateSettings {
  readonly cloudFormation: CloudFormationClient
  readonly stackName: string
  /** Milliseconds between two looks. */
  readonly look: number
  readonly say: (line: string) => void
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
    const { cloudFormation, stackName } = this.#settings
    const body = { TemplateBody: JSON.stringify(template(this.#settings)), Capabilities: ['CAPABILITY_IAM' as const] }
    this.#ordered = true
    const command = new CreateStackCommand({ StackName: stackName, ...body, OnFailure: 'DO_NOTHING' })
    await cloudFormation.send(command).catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => {
      if (/^4/u.test(String(error.$metadata?.httpStatusCode))) this.#ordered = false
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

  /** Deletes it, once it is not being created any more. @throws ProbeError `not_destroyed`, with the command that does it */
  async destroy(): Promise<void> {
    const { cloudFormation, stackName, say } = this.#settings
    if (!this.#ordered) return
    say(`Deleting the stack ${stackName} …`)
    const remedy = `Delete it yourself: aws cloudformation delete-stack --stack-name ${stackName}`
    try {
      // What is under way comes to its end first.
      await this.#settled()
      await cloudFormation.send(new DeleteStackCommand({ StackName: stackName }))
      const stack = await this.#settled()
      if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') return
      throw new Error(`it is ${stack.StackStatus}: ${stack.StackStatusReason}`)
    } catch (error) {
      const message = `The stack ${stackName} is still there: ${(error as Error).message}`
      throw new ProbeError('not_destroyed', message, { value: stackName, remedy })
    }
  }

  /** When nothing is under way any more; undefined once it is gone. */
  async #settled(signal?: AbortSignal): Promise<Stack | undefined> {
    const { cloudFormation, stackName, look, say } = this.#settings
    let told = ''
    for (;;) {
      if (signal?.aborted) throw stopped()
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
      await setTimeout(look)
    }
  }
}

function stopped(): ProbeError {
  return new ProbeError('aborted', 'Stopped while the stack was being created', { remedy: 'It is deleted now.' })
}
