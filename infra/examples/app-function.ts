import { TopicCredentials } from '@topic-credentials/cdk'
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'

/** Called for each vend. A real function reads the app's own data; this one has two owners in its code. */
const grantsOfOwners = `
exports.handler = async ({ userId, claims }) => {
  const boats = { alice: ['t1/boats/7'], bob: ['t2/boats/1', 't2/boats/2'] }[userId] ?? []
  return {
    publish: boats.map((boat) => 'tenants/' + boat + '/commands'),
    subscribe: boats.map((boat) => 'tenants/' + boat + '/#'),
    seconds: 900,
  }
}
`

/** The owners of boats are in the app's own data: its function returns their grants for each vend. */
export class AppFunctionStack extends Stack {
  constructor(scope: App, id: string, { code = grantsOfOwners }: { readonly code?: string } = {}) {
    super(scope, id)
    const grants = new LambdaFunction(this, 'Grants', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline(code),
      timeout: Duration.seconds(3),
    })
    const { api } = new TopicCredentials(this, 'Credentials', {
      entitlements: { entitlements: [{ subscribe: ['announcements'], publish: ['users/${userId}/#'] }] },
      accessFunctionArn: grants.functionArn,
      ceiling: ['tenants/+/boats/#'],
      // The function receives user IDs without the stack's name.
      userPrefix: '',
    })
    new CfnOutput(this, 'CredentialsUrl', { value: api.credentialsUrl })
  }
}
