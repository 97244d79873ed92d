import { Validations } from 'aws-cdk-lib'
import { Effect, type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

/**
 * What the vending function runs as: it writes its own log, reads the access table and assumes the topic role. Nothing else, so a flaw in the
 * function reaches no further than the topics.
 *
 * Each permission is a policy of its own: this role and the topic role name each other, and inline statements would make
 * CloudFormation refuse the circle.
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

  /** Lets the function write to this log group. */
  mayLog(logGroup: ILogGroup): Policy {
    return this.#allow('Log', 'WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn)
  }

  /**
   * Lets the code of this function, and nothing else that has the role, assume the topic role and name the user as the session's
   * source identity. It takes a Deny: a trust policy that names the role is enough in one account, without any Allow of its own.
   * The policy refers to the function, so the function cannot wait for it; what calls the function can.
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

  /** Lets the function read items of the access table, and nothing else of it. */
  mayRead({ tableArn }: { readonly tableArn: string }): Policy {
    return this.#allow('Access', 'ReadAccess', ['dynamodb:BatchGetItem'], tableArn)
  }

  /** Lets the function send its traces. */
  mayTrace(): Policy {
    const policy = this.#allow('Trace', 'SendTraces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resource type for traces; IAM accepts nothing narrower than *',
    })
    return policy
  }

  #allow(id: string, sid: string, actions: string[], resource: string): Policy {
    const statement = new PolicyStatement({ sid, actions, resources: [resource] })
    return new Policy(this, id, { roles: [this.role], statements: [statement] })
  }
}
