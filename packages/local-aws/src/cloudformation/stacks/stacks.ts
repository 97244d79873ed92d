import { messageOf } from '@topic-credentials/project'
import { ServiceError } from '../../protocols/service-error.js'
import { Refusal } from '../resources/failure.js'
import { findResourceType } from '../resources/index.js'
import type { Services } from '../services.js'
import { Operation, type OperationSettings } from './operations/operation.js'
import type { Stack, StackOutput } from './stack.js'

export interface StacksOptions {
  /** Created for the first operation. */
  readonly services: () => Services
  readonly ignoreUnknown: boolean
  /** Called after each change of a stack. */
  readonly changed?: (() => void) | undefined
}

/** The account's stacks, including deleted ones; each has one operation at a time. */
export class Stacks {
  readonly #options: StacksOptions
  readonly #stacks = new Map<string, Stack>()
  readonly #assets = new WeakMap<Stack, ReadonlyMap<string, string>>()
  readonly #running = new Set<Promise<void>>()
  #services: Services | undefined

  constructor(options: StacksOptions) {
    this.#options = options
  }

  get services(): Services {
    this.#services ??= this.#options.services()
    return this.#services
  }

  /** Oldest first, including deleted stacks. */
  list(): Stack[] {
    return [...this.#stacks.values()]
  }

  /** By ID, or by the name of a stack that is not deleted. */
  find(nameOrId: string): Stack | undefined {
    const named = (stack: Stack) => stack.stackName === nameOrId && stack.deletedAt === undefined
    return this.#stacks.get(nameOrId) ?? this.list().find(named)
  }

  /** @param assets folders of the stack's own zip assets, by object key */
  add(stack: Stack, assets?: ReadonlyMap<string, string>): void {
    this.#stacks.set(stack.stackId, stack)
    if (assets !== undefined) this.#assets.set(stack, assets)
    this.#options.changed?.()
  }

  /** A stack in REVIEW_IN_PROGRESS, until a change set is executed. */
  review(stack: Stack): void {
    this.add(stack)
    new Operation(stack, this.settings(stack)).stackEvent('REVIEW_IN_PROGRESS', 'User Initiated')
  }

  /** Called when a stack was changed outside an operation. */
  touch(): void {
    this.#options.changed?.()
  }

  /** @throws ServiceError for an unsupported type, unless such types are skipped */
  requireType(type: string, logicalId: string): void {
    if (this.#options.ignoreUnknown || findResourceType(type) !== undefined) return
    throw new ServiceError(
      'ValidationError',
      400,
      `Template format error: the stand-in does not model resources of type ${type} (${logicalId}). With --ignore-unknown they are skipped`,
    )
  }

  /** The stacks that use an export of this stack; for the first export in use. */
  importers({ stackId, outputs }: Stack): { readonly exportName: string; readonly importers: string[] } | undefined {
    const others = this.list().filter((other) => other.stackId !== stackId && other.deletedAt === undefined)
    for (const { exportName } of outputs) {
      if (exportName === undefined) continue
      const importers = others.filter(({ imports }) => imports.has(exportName)).map(({ stackName }) => stackName)
      if (importers.length > 0) return { exportName, importers }
    }
    return undefined
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html */
  #requireExports(stack: Stack, outputs: readonly StackOutput[]): void {
    const next = new Map(outputs.map(({ exportName, value }) => [exportName, value]))
    const gone = stack.outputs.filter(
      ({ exportName, value }) => exportName !== undefined && next.get(exportName) !== value,
    )
    const used = this.importers({ ...stack, outputs: gone })
    if (used === undefined) return
    const { exportName, importers } = used
    const what = next.has(exportName) ? 'updated' : 'deleted'
    throw new Refusal(`Export ${exportName} cannot be ${what} as it is in use by ${importers.join(' and ')}`)
  }

  /** Removes a stack that was never created. */
  remove({ stackId }: Stack): void {
    this.#stacks.delete(stackId)
    this.#options.changed?.()
  }

  /** Starts an operation without waiting for its end. */
  begin(stack: Stack, work: (op: Operation) => Promise<void>, token?: string): void {
    const op = new Operation(stack, this.settings(stack, token))
    const running = work(op)
      // A bug of the stand-in ends this operation only.
      .catch((error: unknown) => {
        const failed = `${/^[A-Z_]*?(?=_(COMPLETE_CLEANUP_)?IN_PROGRESS$)/u.exec(stack.status)?.[0] ?? 'UPDATE'}_FAILED`
        op.stackEvent(failed, `Internal failure: ${messageOf(error)}`)
      })
      .finally(() => {
        this.#running.delete(running)
        this.#options.changed?.()
      })
    this.#running.add(running)
  }

  /** Resolves when no operation is in progress. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  settings(stack: Stack, token?: string): OperationSettings {
    const { ignoreUnknown, changed } = this.#options
    return {
      services: this.services,
      ignoreUnknown,
      assets: this.#assets.get(stack) ?? new Map(),
      exports: new Map(this.exported().map(({ exportName, value }) => [exportName, value])),
      requireExports: (outputs) => this.#requireExports(stack, outputs),
      changed,
      token,
    }
  }

  /** The exports of all stacks that are not deleted. */
  exported(): { readonly stackId: string; readonly exportName: string; readonly value: string }[] {
    const standing = this.list().filter(({ deletedAt }) => deletedAt === undefined)
    return standing.flatMap(({ stackId, outputs }) =>
      outputs.flatMap(({ exportName, value }) => (exportName === undefined ? [] : [{ stackId, exportName, value }])),
    )
  }
}

/** A stack without any resources yet. */
export function emptyStack(about: { stackName: string; stackId: string; now: number }): Stack {
  const { stackName, stackId, now } = about
  return {
    stackName,
    stackId,
    createdAt: now,
    status: 'REVIEW_IN_PROGRESS',
    definition: { template: { Resources: {} }, templateBody: '{}', parameters: {}, resolvedParameters: {}, tags: {} },
    disableRollback: false,
    terminationProtection: false,
    resources: new Map(),
    outputs: [],
    events: [],
    changeSets: new Map(),
    imports: new Set(),
    made: new Map(),
    leftovers: [],
  }
}
