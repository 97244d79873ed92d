import { evaluate } from '../iam/index.js'

/** The contents of `AWS::Lambda::Permission`: who may invoke the function, and for which source. */
export interface Permission {
  /** A service (`apigateway.amazonaws.com`). */
  readonly principal: string
  readonly action: string
  readonly sourceArn?: string | undefined
  readonly sourceAccount?: string | undefined
}

/** An invocation as presented by the calling service. */
export interface ServiceCall {
  readonly principal: string
  readonly sourceArn: string
  readonly sourceAccount: string
}

/** The function's resource policy, with the statements that Lambda creates for permissions. */
export class ResourcePolicy {
  readonly #functionArn: string
  /** By statement ID. */
  readonly #permissions = new Map<string, Permission>()

  constructor(functionArn: string) {
    this.#functionArn = functionArn
  }

  add(statementId: string, permission: Permission): void {
    this.#permissions.set(statementId, permission)
  }

  remove(statementId: string): void {
    this.#permissions.delete(statementId)
  }

  /** Whether a permission allows this service to invoke the function for this source. */
  decide(call: ServiceCall): { readonly allowed: boolean; readonly reason: string } {
    const statements = [...this.#permissions.values()].filter(({ principal }) => principal === call.principal)
    const document = { Version: '2012-10-17', Statement: statements.map((permission) => this.#statement(permission)) }
    const decision = evaluate(
      {
        action: 'lambda:InvokeFunction',
        resource: this.#functionArn,
        context: { 'aws:SourceArn': call.sourceArn, 'aws:SourceAccount': call.sourceAccount },
      },
      { identity: statements.length === 0 ? [] : [{ name: 'function policy', document }] },
    )
    if (decision.outcome === 'Allowed') return { allowed: true, reason: decision.reason }
    const reason = `No AWS::Lambda::Permission allows ${call.principal} to invoke ${this.#functionArn} for ${call.sourceArn}`
    return { allowed: false, reason }
  }

  #statement({ action, sourceArn, sourceAccount }: Permission): object {
    const conditions = {
      ...(sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': sourceArn } }),
      ...(sourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
    }
    const condition = Object.keys(conditions).length === 0 ? {} : { Condition: conditions }
    return { Effect: 'Allow', Action: action, Resource: this.#functionArn, ...condition }
  }
}
