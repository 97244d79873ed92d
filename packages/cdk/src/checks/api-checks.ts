import { recordOf } from '@topic-credentials/grants'
import { vendingRoutes } from './function-checks.js'
import { type Part, type Vending, vendings } from './parts.js'
import { type Check, list, type Template, type TemplateResource, text, type Violation } from './template.js'

type Properties = NonNullable<TemplateResource['Properties']>
/** The allowed values of each property. A property without an entry is not allowed. */
type Known = Readonly<Record<string, (value: unknown, all: Properties) => boolean>>

function anything(): boolean {
  return true
}

type KnownOf = (vending: Vending & { readonly api: Part }, template: Template, others: readonly Template[]) => Known

const known: Readonly<Record<string, KnownOf>> = {
  // Neither a quick-create Target nor a Body: both create routes that are not in the template.
  'AWS::ApiGatewayV2::Api': () => ({
    CorsConfiguration: anything,
    Description: anything,
    DisableExecuteApiEndpoint: anything,
    IpAddressType: anything,
    Name: anything,
    ProtocolType: (value) => value === 'HTTP',
    Tags: anything,
  }),
  'AWS::ApiGatewayV2::Integration': ({ vendor }) => ({
    ApiId: anything,
    Description: anything,
    IntegrationMethod: anything,
    IntegrationType: (value) => value === 'AWS_PROXY',
    IntegrationUri: anything,
    PayloadFormatVersion: (value, { IntegrationUri }) => !vendor.isNamedIn(IntegrationUri) || value === '2.0',
    TimeoutInMillis: anything,
  }),
  'AWS::ApiGatewayV2::Route': ({ vendor, api }, template) => {
    const vends = ({ Target }: Properties) => targets(Target, template, vendor)
    return {
      ApiId: anything,
      AuthorizationScopes: anything,
      AuthorizationType: (value, all) => {
        const types = vends(all) ? vendingRoutes[text(all.RouteKey)] : ['AWS_IAM', 'JWT']
        return types?.includes(text(value)) === true
      },
      AuthorizerId: (value) => isJwtAuthorizer(text(value), template, api),
      OperationName: anything,
      RouteKey: (value, all) => !vends(all) || text(value) in vendingRoutes,
      Target: anything,
    }
  },
  'AWS::ApiGatewayV2::Authorizer': (_, template, others) => ({
    ApiId: anything,
    AuthorizerType: (value) => value === 'JWT',
    IdentitySource: (value) => list(value).length === 1 && list(value)[0] === '$request.header.Authorization',
    JwtConfiguration: (value) => {
      const { Issuer, Audience } = recordOf(value)
      return isIssuer(text(Issuer), template, others) && list(Audience).length > 0
    },
    Name: anything,
  }),
}

/** Route, authorizer and integration produce the event that the function trusts. */
export const apiRoutes: Check = {
  name: 'api-routes',
  description: 'The API of the vending function has a property that is not known to authenticate callers correctly',
  fix: 'Create the API with CredentialsApi: an HTTP API with its own routes, the IAM or the JWT authorizer, and payload format 2.0.',
  find: (template, others) =>
    vendings(template).flatMap((vending) =>
      vending.api === undefined ? [] : parts({ ...vending, api: vending.api }, template, others),
    ),
}

function parts(
  vending: Vending & { readonly api: Part },
  template: Template,
  others: readonly Template[],
): Violation[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties = {} }]) => {
    const properties = known[Type]?.(vending, template, others)
    const belongs = logicalId === vending.api.logicalId || vending.api.isNamedIn(Properties.ApiId)
    if (properties === undefined || !belongs) return []
    const required = Type === 'AWS::ApiGatewayV2::Route' ? ['AuthorizationType'] : []
    return [...new Set([...Object.keys(Properties), ...required])]
      .filter((name) => properties[name]?.(Properties[name], Properties) !== true)
      .map((name) => ({
        logicalId,
        location: `Properties.${name}`,
        found: `${Type} with ${name} ${text(Properties[name])}`,
      }))
  })
}

function targets(target: unknown, { Resources = {} }: Template, vendor: Part): boolean {
  const integration = /^integrations\/<(\w+)>$/u.exec(text(target))?.[1] ?? ''
  const { Properties } = Resources[integration] ?? {}
  // An integration that cannot be resolved is treated as the vending function.
  return Properties === undefined || vendor.isNamedIn(Properties.IntegrationUri)
}

/** An https URL, or the URL of a Cognito user pool in this template or in another one of the app that exports it. */
function isIssuer(issuer: string, template: Template, others: readonly Template[]): boolean {
  if (issuer.startsWith('https://') || isProviderUrl(issuer, template)) return true
  return others.some((other) =>
    Object.values(other.Outputs ?? {}).some((output) => {
      const { Value, Export } = recordOf(output)
      return isProviderUrl(text(Value), other) && text({ 'Fn::ImportValue': recordOf(Export).Name }) === issuer
    }),
  )
}

function isProviderUrl(value: string, { Resources = {} }: Template): boolean {
  const userPool = /^<(\w+)\.ProviderURL>$/u.exec(value)?.[1] ?? ''
  return Resources[userPool]?.Type === 'AWS::Cognito::UserPool'
}

function isJwtAuthorizer(reference: string, { Resources = {} }: Template, api: Part): boolean {
  const { Type, Properties = {} } = Resources[reference.slice(1, -1)] ?? {}
  return Type === 'AWS::ApiGatewayV2::Authorizer' && api.isNamedIn(Properties.ApiId)
}
