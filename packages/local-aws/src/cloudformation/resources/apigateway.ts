import { createHash } from 'node:crypto'
import {
  type CorsConfiguration,
  type HttpApi,
  parseRouteKey,
  type Route,
  type Throttle,
} from '../../apigateway/index.js'
import { findFunction } from './lambda.js'
import type { Properties } from './properties.js'
import type { ResourceRequest, ResourceType } from './resource-type.js'

/** `AWS::ApiGatewayV2::Api` with protocol HTTP: a server of its own. */
export const api: ResourceType = {
  honoured: ['CorsConfiguration', 'DisableExecuteApiEndpoint', 'ProtocolType'],
  inert: [
    'Description',
    'DisableSchemaValidation',
    'FailOnWarnings',
    'IpAddressType',
    'Name',
    'RouteSelectionExpression',
    'Tags',
  ],
  async create({ properties, services, stack, logicalId }) {
    const protocol = properties.text('ProtocolType')
    if (protocol !== 'HTTP') throw new Error(`the stand-in models HTTP APIs, not ${protocol}`)
    if (properties.flag('DisableExecuteApiEndpoint')) {
      throw new Error('the stand-in models no custom domain names, so the default endpoint cannot be off')
    }
    const apiId = shortId(stack.stackName, logicalId, 10)
    const created = await services.createHttpApi(apiId, cors(properties.nested('CorsConfiguration')))
    stack.apis.set(apiId, created)
    return { ref: apiId, attributes: { ApiEndpoint: created.endpoint, ApiId: apiId } }
  },
}

/** `AWS::ApiGatewayV2::Integration` with a function, payload format 2.0. */
export const integration: ResourceType = {
  honoured: ['ApiId', 'ConnectionType', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
  inert: ['Description', 'IntegrationMethod'],
  create(request) {
    const { properties, services, stack, logicalId } = request
    findApi(request)
    const [type, format] = [properties.text('IntegrationType'), properties.optionalText('PayloadFormatVersion')]
    if (
      type !== 'AWS_PROXY' ||
      format !== '2.0' ||
      (properties.optionalText('ConnectionType') ?? 'INTERNET') !== 'INTERNET'
    ) {
      throw new Error(
        `the stand-in models AWS_PROXY integrations of payload format 2.0, not ${type} ${format ?? '1.0'}`,
      )
    }
    const uri = properties.text('IntegrationUri')
    const target = findFunction(services, /functions\/(arn:.+)\/invocations$/u.exec(uri)?.[1] ?? uri)
    const timeoutMilliseconds = properties.optionalNumber('TimeoutInMillis') ?? 30_000
    if (timeoutMilliseconds < 50 || timeoutMilliseconds > 30_000) {
      throw new Error('the property TimeoutInMillis must be from 50 to 30000')
    }
    const id = shortId(stack.stackName, logicalId, 7)
    stack.integrations.set(id, {
      timeoutMilliseconds,
      decide: (call) => target.policy.decide(call),
      invoke: (event) => target.invoke(event),
    })
    return { ref: id, attributes: { IntegrationId: id } }
  },
}

/** `AWS::ApiGatewayV2::Authorizer` of type JWT. */
export const authorizer: ResourceType = {
  honoured: ['ApiId', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration'],
  inert: ['Name'],
  create(request) {
    const { properties, services, stack, logicalId } = request
    findApi(request)
    const type = properties.text('AuthorizerType')
    if (type !== 'JWT') throw new Error(`the stand-in models JWT authorizers, not ${type}`)
    const jwt = properties.nested('JwtConfiguration')?.only('Audience', 'Issuer')
    const [identitySource = '', ...more] = properties.texts('IdentitySource')
    if (more.length > 0) throw new Error('a JWT authorizer has one identity source')
    const settings = { issuer: jwt?.text('Issuer') ?? '', audience: jwt?.texts('Audience') ?? [], identitySource }
    const id = shortId(stack.stackName, logicalId, 6)
    stack.authorizers.set(id, services.createJwtAuthorizer(settings))
    return { ref: id, attributes: { AuthorizerId: id } }
  },
}

/** `AWS::ApiGatewayV2::Route` */
export const route: ResourceType = {
  honoured: [
    'ApiId',
    'ApiKeyRequired',
    'AuthorizationScopes',
    'AuthorizationType',
    'AuthorizerId',
    'RouteKey',
    'Target',
  ],
  inert: ['OperationName'],
  create(request) {
    const { properties, stack, logicalId } = request
    if (properties.flag('ApiKeyRequired')) throw new Error('HTTP APIs have no API keys')
    const target = /^integrations\/(\w+)$/u.exec(properties.text('Target'))?.[1] ?? ''
    const found = stack.integrations.get(target)
    if (found === undefined) throw new Error(`there is no integration ${properties.text('Target')}`)
    const key = parseRouteKey(properties.text('RouteKey'))
    const { routes } = findApi(request)
    if (routes.some((other) => other.key.text === key.text)) {
      throw new Error(`Route with key ${key.text} already exists for this API`)
    }
    routes.push({ key, authorization: authorization(request), integration: found })
    const id = shortId(stack.stackName, logicalId, 7)
    return { ref: id, attributes: { RouteId: id } }
  },
}

/** `AWS::ApiGatewayV2::Stage`, deployed automatically. */
export const stage: ResourceType = {
  honoured: ['AccessLogSettings', 'ApiId', 'AutoDeploy', 'DefaultRouteSettings', 'RouteSettings', 'StageName'],
  inert: ['Description', 'Tags'],
  create(request) {
    const { properties, services } = request
    if (!properties.flag('AutoDeploy')) {
      throw new Error('the stand-in models stages with AutoDeploy; this one would serve nothing')
    }
    const name = properties.text('StageName')
    const accessLog = properties.nested('AccessLogSettings')?.only('DestinationArn', 'Format')
    const defaultThrottle = throttle(properties.nested('DefaultRouteSettings'))
    const perRoute = properties.nested('RouteSettings')
    const routeThrottles = Object.keys((properties.raw('RouteSettings') ?? {}) as object).flatMap((key) => {
      const found = throttle(perRoute?.nested(key))
      return found === undefined ? [] : [[key, found] as const]
    })
    const logGroup = accessLog?.text('DestinationArn').split(':')[6] ?? ''
    const created = services.createStage({
      name,
      routeThrottles: Object.fromEntries(routeThrottles),
      ...(defaultThrottle === undefined ? {} : { defaultThrottle }),
      ...(accessLog === undefined
        ? {}
        : { accessLog: { format: accessLog.text('Format'), write: (line) => services.writeLog(logGroup, line) } }),
    })
    findApi(request).stages.push(created)
    return { ref: name }
  },
}

function authorization({ properties, stack }: ResourceRequest): Route['authorization'] {
  const type = properties.optionalText('AuthorizationType') ?? 'NONE'
  if (type === 'NONE' || type === 'AWS_IAM') return { type }
  const found = stack.authorizers.get(properties.optionalText('AuthorizerId') ?? '')
  if (type !== 'JWT' || found === undefined) throw new Error(`there is no authorizer of type ${type} for this route`)
  return { type, authorizer: found, scopes: properties.texts('AuthorizationScopes') }
}

/** Without one of the two, the account's own limit counts: 10,000 a second, 5,000 at once. */
function throttle(settings: Properties | undefined): Throttle | undefined {
  settings?.only('DetailedMetricsEnabled', 'ThrottlingBurstLimit', 'ThrottlingRateLimit')
  const rate = settings?.optionalNumber('ThrottlingRateLimit')
  const burst = settings?.optionalNumber('ThrottlingBurstLimit')
  return rate === undefined && burst === undefined ? undefined : { rate: rate ?? 10_000, burst: burst ?? 5_000 }
}

function cors(settings: Properties | undefined): CorsConfiguration | undefined {
  if (settings === undefined) return undefined
  settings.only('AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigins', 'ExposeHeaders', 'MaxAge')
  const maxAgeSeconds = settings.optionalNumber('MaxAge')
  return {
    allowOrigins: settings.texts('AllowOrigins'),
    allowMethods: settings.texts('AllowMethods'),
    allowHeaders: settings.texts('AllowHeaders'),
    exposeHeaders: settings.texts('ExposeHeaders'),
    allowCredentials: settings.flag('AllowCredentials'),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  }
}

function findApi({ properties, stack }: ResourceRequest): HttpApi {
  const found = stack.apis.get(properties.text('ApiId'))
  if (found === undefined) throw new Error(`there is no API ${properties.text('ApiId')} in this stack`)
  return found
}

/** Lower-case letters and digits, the same at each start. */
function shortId(stackName: string, logicalId: string, length: number): string {
  const digest = createHash('sha256').update(`${stackName}/${logicalId}`).digest()
  return [...digest.subarray(0, length)].map((byte) => (byte % 36).toString(36)).join('')
}
