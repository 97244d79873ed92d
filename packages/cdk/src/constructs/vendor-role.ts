import { Validations } from 'aws-cdk-lib'
import { type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

/**
 * What the vending function runs as: it writes its own log and assumes the topic role. Nothing else, so a flaw in the
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
  mayLog(logGroup: ILogGroup): void {
    this.#allow('Log', 'WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn)
  }

  /** Lets the function assume this role and name the user as the session's source identity. */
  mayVend(topicRole: IRole): void {
    this.#allow('Vend', 'VendForOneUser', ['sts:AssumeRole', 'sts:SetSourceIdentity'], topicRole.roleArn)
  }

  /** Lets the function send its traces. */
  mayTrace(): void {
    const policy = this.#allow('Trace', 'SendTraces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resource type for traces; IAM accepts nothing narrower than *',
    })
  }

  #allow(id: string, sid: string, actions: string[], resource: string): Policy {
    const statement = new PolicyStatement({ sid, actions, resources: [resource] })
    return new Policy(this, id, { roles: [this.role], statements: [statement] })
  }
}
