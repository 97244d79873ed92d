import { TopicCredentials, type TopicCredentialsProps } from '@topic-credentials/cdk'
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** A stack with {@link TopicCredentials} and, as outputs, the values that clients need. */
export class TopicCredentialsStack extends Stack {
  constructor(scope: Construct, id: string, props: TopicCredentialsProps & StackProps) {
    super(scope, id, { description: 'Short-lived AWS credentials for individual MQTT topics', ...props })
    const { accessTable, api, deployCheck, endpoint, topics, vending } = new TopicCredentials(
      this,
      'Credentials',
      props,
    )
    const outputs = {
      CredentialsUrl: { value: api.credentialsUrl, description: 'POST here for credentials' },
      IotEndpoint: { value: endpoint.hostName, description: 'Host name of the IoT data plane' },
      Region: { value: this.region, description: 'Region of the API and of the IoT data plane' },
      RoleArn: { value: topics.role.roleArn, description: 'Role that the sessions assume' },
      ...(accessTable === undefined
        ? {}
        : {
            AccessTable: {
              value: accessTable.table.tableName,
              description: 'Table of grants and revocations',
            },
          }),
      ...(vending.userPrefix === ''
        ? {}
        : { UserPrefix: { value: vending.userPrefix, description: 'Prefix of every user ID of this stack' } }),
      FunctionName: { value: vending.function.functionName, description: 'The vending function' },
      ...(deployCheck === undefined
        ? {}
        : {
            CheckFunctionName: {
              value: deployCheck.function.functionName,
              description: 'The deploy check: npm run check',
            },
          }),
    }
    for (const [name, output] of Object.entries(outputs)) new CfnOutput(this, name, output)
  }
}
