import { functionsWith, type Vending, vendings } from './parts.js'
import { type Check, record, type Template, text, type Violation } from './template.js'

/** The routes from which the function is called, and which authorizers may say who is calling there. */
export const vendingRoutes: Readonly<Record<string, readonly string[]>> = {
  'GET /credentials': ['AWS_IAM', 'JWT'],
  'POST /credentials': ['AWS_IAM', 'JWT'],
  'POST /users/{userId}/credentials': ['AWS_IAM'],
  'POST /deploy-check/credentials': ['AWS_IAM'],
}

/** As a permission's source has them: `POST/users/ * /credentials`, without the blanks. */
const sources = new Set(Object.keys(vendingRoutes).map((key) => key.replace(' ', '').replaceAll(/\{[^}]*\}/gu, '*')))

/** The function believes the event, so what may call it may be any user. */
export const functionCallers: Check = {
  name: 'function-callers',
  description: 'The vending function may be called by more than the routes of its own API',
  fix: 'Give lambda:InvokeFunction to apigateway.amazonaws.com alone, with the SourceArn of one route of the API.',
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

/** Code beside the function's own (layers, wrappers) sees every caller's credentials. */
export const functionAlone: Check = {
  name: 'function-alone',
  description:
    'The vending function does not run its own code alone, with a role, an API and a topic role of its own stack',
  fix: 'Make it with VendingFunction, in the stack of its roles and its API, and give its role to nothing else.',
  find: (template) =>
    vendings(template).flatMap(({ vendor, vendorRole, topicRole, api }) => {
      const { logicalId, resource } = vendor
      const { Properties = {} } = resource
      const variables = Object.keys(record(record(Properties.Environment).Variables))
      const found = [
        ...Object.keys(Properties).filter((name) => !functionProperties.has(name)),
        // Node.js, its loader and Lambda's runtime take orders from these.
        ...variables
          .filter((name) => /^(NODE|AWS|LD|LAMBDA|OPENSSL|SSL|_)/u.test(name))
          .map((name) => `variable ${name}`),
        ...(vendorRole === undefined ? ['its role is not in this template'] : []),
        ...(topicRole === undefined ? ['the role in ROLE_ARN is not in this template'] : []),
        ...(api === undefined ? ['the API in API_ID is not in this template'] : []),
        ...(vendorRole === undefined ? [] : functionsWith(vendorRole, template))
          .filter((other) => other !== logicalId)
          .map((other) => `${other} has its role, too`),
      ]
      return found.map((one) => ({ logicalId, location: 'Properties', found: one }))
    }),
}
