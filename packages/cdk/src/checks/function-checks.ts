import { recordOf } from '@topic-credentials/grants'
import { functionsWith, type Vending, vendings } from './parts.js'
import { type Check, type Template, text, type Violation } from './template.js'

/** The routes that call the function, and the authorizer types allowed on each. */
export const vendingRoutes: Readonly<Record<string, readonly string[]>> = {
  'GET /credentials': ['AWS_IAM', 'JWT'],
  'POST /credentials': ['AWS_IAM', 'JWT'],
  'POST /users/{userId}/credentials': ['AWS_IAM'],
  'POST /deploy-check/credentials': ['AWS_IAM'],
}

/** The routes as in the source of a permission: `POST/users/ * /credentials`, without the spaces. */
const sources = new Set(Object.keys(vendingRoutes).map((key) => key.replace(' ', '').replaceAll(/\{[^}]*\}/gu, '*')))

/** The function trusts the event, so any other caller could act as any user. */
export const functionCallers: Check = {
  name: 'function-callers',
  description: 'The vending function can be called by more than the routes of its own API',
  fix: 'Allow lambda:InvokeFunction only for apigateway.amazonaws.com, with the SourceArn of one route of the API.',
  find: (template) => vendings(template).flatMap((vending) => callers(vending, template)),
}

function callers({ vendor, api }: Vending, { Resources = {} }: Template): Violation[] {
  return Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) => {
    if (Type !== 'AWS::Lambda::Permission' || !vendor.is(Properties.FunctionName)) return []
    const expected: Readonly<Record<string, (value: unknown) => boolean>> = {
      FunctionName: () => true,
      Action: (value) => value === 'lambda:InvokeFunction',
      Principal: (value) => value === 'apigateway.amazonaws.com',
      SourceArn: (value) => isVendingRoute(text(value), api?.logicalId),
      SourceAccount: () => true,
    }
    return [...new Set([...Object.keys(Properties), 'Principal', 'SourceArn'])]
      .filter((name) => expected[name]?.(Properties[name]) !== true)
      .map((name) => ({ logicalId, location: `Properties.${name}`, found: `${name} is ${text(Properties[name])}` }))
  })
}

function isVendingRoute(arn: string, apiId: string | undefined): boolean {
  const shape =
    /^arn:(?:<AWS\.Partition>|aws[a-z-]*):execute-api:(?:<AWS\.Region>|[a-z0-9-]+):(?:<AWS\.AccountId>|\d{12}):<(\w+)>\/(?:\*|\$default)\/(.+)$/u
  const [, api, source = ''] = shape.exec(arn) ?? []
  return api === apiId && sources.has(source)
}

const functionProperties = new Set([
  ...['Architectures', 'Code', 'Description', 'Environment', 'FunctionName', 'Handler', 'KmsKeyArn', 'LoggingConfig'],
  ...['MemorySize', 'ReservedConcurrentExecutions', 'Role', 'Runtime', 'Tags', 'Timeout', 'TracingConfig', 'VpcConfig'],
])

/** Code besides the function's own (layers, wrappers) could read every caller's credentials. */
export const functionAlone: Check = {
  name: 'function-alone',
  description: 'The vending function runs additional code, or its role, API or topic role is not in its own stack',
  fix: 'Create it with VendingFunction in the stack of its roles and its API, and use its role for no other resource.',
  find: (template) =>
    vendings(template).flatMap(({ vendor, vendorRole, topicRole, api }) => {
      const { logicalId, resource } = vendor
      const { Properties = {} } = resource
      const variables = Object.keys(recordOf(recordOf(Properties.Environment).Variables))
      const found = [
        ...Object.keys(Properties).filter((name) => !functionProperties.has(name)),
        // These variables change the behaviour of Node.js, its loader or Lambda's runtime.
        ...variables
          .filter((name) => /^(NODE|AWS|LD|LAMBDA|OPENSSL|SSL|_)/u.test(name))
          .map((name) => `variable ${name}`),
        ...(vendorRole === undefined ? ['its role is not in this template'] : []),
        ...(topicRole === undefined ? ['the role in ROLE_ARN is not in this template'] : []),
        ...(api === undefined ? ['the API in API_ID is not in this template'] : []),
        ...(vendorRole === undefined ? [] : functionsWith(vendorRole, template))
          .filter((other) => other !== logicalId)
          .map((other) => `${other} has the same role`),
      ]
      return found.map((one) => ({ logicalId, location: 'Properties', found: one }))
    }),
}
