import { TopicCredentials } from '@topic-credentials/cdk'
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'

/** Asked at each vend. A real one looks into the app's own data; this one knows two owners by heart. */
const whoMayHaveWhat = `
exports.handler = async ({ userId, claims }) => {
  const boats = { alice: ['t1/boats/7'], bob: ['t2/boats/1', 't2/boats/2'] }[userId] ?? []
  return {
    publish: boats.map((boat) => 'tenants/' + boat + '/commands'),
    subscribe: boats.map((boat) => 'tenants/' + boat + '/#'),
    seconds: 900,
  }
}
`

/** Who owns which boat is in the app's own data: its function says so at each vend. */
export class AppFunctionStack extends Stack {
  constructor(scope: App, id: string, { code = whoMayHaveWhat }: { readonly code?: string } = {}) {
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
      // As the function knows its users: without the stack's name.
      userPrefix: '',
    })
    new CfnOutput(this, 'CredentialsUrl', { value: api.credentialsUrl })
  }
}
