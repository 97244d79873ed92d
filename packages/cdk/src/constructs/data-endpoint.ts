import { Validations } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import { type LogProps, logGroup } from './logs.js'

/**
 * Host name of the account's IoT data plane in this Region, looked up during the deployment. `iot:Data-ATS` is the endpoint whose
 * certificate is signed by a CA in every current trust store.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeEndpoint.html
 */
export class DataEndpoint extends Construct {
  /** Host name, without scheme or port. */
  readonly hostName: string

  constructor(scope: Construct, id: string, props: LogProps = {}) {
    super(scope, id)
    const log = logGroup(this, 'Log', props, { atDeployments: true })
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Looks up the IoT data plane endpoint during a deployment',
    })
    const lookup = new AwsCustomResource(this, 'Lookup', {
      onUpdate: {
        service: 'IoT',
        action: 'describeEndpoint',
        parameters: { endpointType: 'iot:Data-ATS' },
        physicalResourceId: PhysicalResourceId.of('iot:Data-ATS'),
        outputPaths: ['endpointAddress'],
      },
      installLatestAwsSdk: false,
      // The default role would have AWSLambdaBasicExecutionRole, which allows writing to every log group.
      role,
      logGroup: log,
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ sid: 'FindDataEndpoint', actions: ['iot:DescribeEndpoint'], resources: ['*'] }),
        new PolicyStatement({
          sid: 'WriteOwnLog',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [log.logGroupArn],
        }),
      ]),
    })
    Validations.of(lookup).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'iot:DescribeEndpoint has no resource type; IAM accepts nothing narrower than *',
    })
    this.hostName = lookup.getResponseField('endpointAddress')
  }
}
