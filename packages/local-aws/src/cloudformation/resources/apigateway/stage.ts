import { Stage, type Throttle } from '../../../apigateway/index.js'
import type { Properties } from '../properties.js'
import type { ResourceRequest, ResourceType } from '../resource-type.js'
import { findApi } from './find-api.js'

/** `AWS::ApiGatewayV2::Stage`, deployed automatically. */
export const stage: ResourceType = {
  honoured: ['AccessLogSettings', 'ApiId', 'AutoDeploy', 'DefaultRouteSettings', 'RouteSettings', 'StageName'],
  inert: ['Description', 'Tags'],
  replacedBy: ['ApiId', 'StageName'],
  create(request) {
    const { api } = findApi(request)
    const made = make(request)
    if (api.stages.some(({ settings }) => settings.name === made.settings.name)) {
      throw new Error(`Stage already exists: ${made.settings.name}`)
    }
    api.stages.push(made)
    return { ref: made.settings.name }
  },
  update(request) {
    const { stages } = findApi(request).api
    const at = stages.findIndex(({ settings }) => settings.name === request.physicalId)
    stages.splice(at, 1, make(request))
    return { ref: request.physicalId }
  },
  delete({ properties, services, physicalId }) {
    const { stages = [] } = services.apis.byId.get(properties.text('ApiId'))?.api ?? {}
    const at = stages.findIndex(({ settings }) => settings.name === physicalId)
    if (at >= 0) stages.splice(at, 1)
  },
}

function make({ properties, services }: ResourceRequest): Stage {
  if (!properties.flag('AutoDeploy')) throw new Error('the stand-in only supports stages with AutoDeploy')
  const accessLog = properties.nested('AccessLogSettings')?.only('DestinationArn', 'Format')
  const perRoute = properties.nested('RouteSettings')
  const routeThrottles = Object.keys((properties.raw('RouteSettings') ?? {}) as object).flatMap((key) => {
    const found = throttle(perRoute?.nested(key))
    return found === undefined ? [] : [[key, found] as const]
  })
  const logGroup = accessLog?.text('DestinationArn').split(':')[6] ?? ''
  const { clock, functions } = services
  const write = (message: string) => functions.logGroup(logGroup).push({ at: clock.now(), source: logGroup, message })
  const settings = {
    name: properties.text('StageName'),
    routeThrottles: Object.fromEntries(routeThrottles),
    defaultThrottle: throttle(properties.nested('DefaultRouteSettings')),
    accessLog: accessLog && { format: accessLog.text('Format'), write },
  }
  return new Stage(settings, clock)
}

/** Without both, the account's default limit applies: 10,000 per second, 5,000 at once. */
function throttle(settings: Properties | undefined): Throttle | undefined {
  settings?.only('DetailedMetricsEnabled', 'ThrottlingBurstLimit', 'ThrottlingRateLimit')
  const rate = settings?.optionalNumber('ThrottlingRateLimit')
  const burst = settings?.optionalNumber('ThrottlingBurstLimit')
  return rate === undefined && burst === undefined ? undefined : { rate: rate ?? 10_000, burst: burst ?? 5_000 }
}
