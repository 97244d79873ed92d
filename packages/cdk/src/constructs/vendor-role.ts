import { Stack, Validations } from 'aws-cdk-lib'
import { Effect, type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

/**
 * The role of the vending function. It allows writing its own log, reading the access table and assuming the topic role, so a flaw in the
 * function gives access to topics only.
 *
 * Each permission is a separate policy: this role and the topic role refer to each other, and with inline statements CloudFormation would
 * report a circular dependency.
 */
export class VendorRole extends Construct {
  readonly role: IRole

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'The credential-vending function: writes its log, assumes the topic role for one user at a time',
    })
  }

  /** Allows writing to this log group. */
  mayLog(logGroup: ILogGroup): Policy {
    return this.#allow('Log', 'WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn)
  }

  /**
   * Allows assuming the topic role and setting the source identity, but only for code of this function. This requires a Deny: within one
   * account, a trust policy that names the role is sufficient without any Allow. The policy refers to the function, so the function cannot
   * depend on it; the resources that call the function can.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
   */
  mayVend(topicRole: IRole, vendingFunction: IFunction): Policy {
    const scope = { actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'], resources: [topicRole.roleArn] }
    const policy = this.#allow('Vend', 'VendForOneUser', scope.actions, topicRole.roleArn)
    policy.addStatements(
      new PolicyStatement({
        ...scope,
        sid: 'FromOneFunction',
        effect: Effect.DENY,
        conditions: { ArnNotEquals: { 'lambda:SourceFunctionArn': vendingFunction.functionArn } },
      }),
    )
    return policy
  }

  /** Allows reading items of the access table. */
  mayRead({ tableArn }: { readonly tableArn: string }): Policy {
    return this.#allow('Access', 'ReadAccess', ['dynamodb:BatchGetItem'], tableArn)
  }

  /** Allows decrypting the access table: the role's requests to DynamoDB use its key. */
  mayDecrypt({ keyArn }: IKey): Policy {
    return this.#add('Decrypt', useTableKey(this, keyArn, ['kms:Decrypt', 'kms:DescribeKey']))
  }

  /** Allows invoking the app's own function. */
  mayAsk(functionArn: string): Policy {
    return this.#allow('Ask', 'AskForAccess', ['lambda:InvokeFunction'], functionArn)
  }

  /** Allows sending traces. */
  mayTrace(): Policy {
    const policy = this.#allow('Trace', 'SendTraces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resource type for traces; IAM accepts nothing narrower than *',
    })
    return policy
  }

  #allow(id: string, sid: string, actions: string[], resource: string): Policy {
    return this.#add(id, new PolicyStatement({ sid, actions, resources: [resource] }))
  }

  #add(id: string, statement: PolicyStatement): Policy {
    return new Policy(this, id, { roles: [this.role], statements: [statement] })
  }
}

/**
 * Allows using the key of the access table, only through DynamoDB in the stack's Region.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export function useTableKey(scope: Construct, keyArn: string, actions: string[]): PolicyStatement {
  const { region, urlSuffix } = Stack.of(scope)
  const conditions = { StringEquals: { 'kms:ViaService': `dynamodb.${region}.${urlSuffix}` } }
  return new PolicyStatement({ sid: 'UseTableKey', actions, resources: [keyArn], conditions })
}
