import { alreadyExists } from './failure.js'
import type { ResourceType } from './resource-type.js'

/** `AWS::Logs::LogGroup`: lines are kept in memory while the stand-in runs, whatever the retention. */
export const logGroup: ResourceType = {
  honoured: ['LogGroupName'],
  inert: ['DataProtectionPolicy', 'KmsKeyId', 'LogGroupClass', 'RetentionInDays', 'Tags'],
  replacedBy: ['LogGroupName'],
  named: 'LogGroupName',
  create({ type, properties, services, physicalId, physicalName }) {
    const name = properties.optionalText('LogGroupName') ?? physicalId ?? physicalName(512)
    if (!services.names.take(type, name)) throw alreadyExists(type, name)
    return {
      ref: name,
      attributes: { Arn: `arn:aws:logs:${services.region}:${services.accountId}:log-group:${name}:*` },
    }
  },
  delete: ({ type, services, physicalId }) => services.names.free(type, physicalId),
}

/** `AWS::CDK::Metadata`: describes the app to AWS. */
export const cdkMetadata: ResourceType = {
  honoured: [],
  inert: ['Analytics'],
  create: ({ physicalId, physicalName }) => ({ ref: physicalId ?? physicalName(64) }),
}

/**
 * Monitoring types: alarms, dashboards, metric filters, and the topics that alarms notify. The stand-in measures nothing, so they have no
 * effect; they are accepted with all their properties. Names must be unique.
 */
export function watching(
  service: string,
  { named, replacedBy = [] }: Pick<ResourceType, 'named' | 'replacedBy'>,
): ResourceType {
  return {
    honoured: [],
    inert: 'all',
    replacedBy,
    named,
    create({ type, properties, services, physicalId, physicalName }) {
      const own = named === undefined ? undefined : properties.optionalText(named)
      const name = own ?? physicalId?.split(':').at(-1) ?? physicalName(200)
      if (!services.names.take(type, name)) throw alreadyExists(type, name)
      const arn = `arn:aws:${service}:${services.region}:${services.accountId}:${name}`
      return { ref: service === 'sns' ? arn : name, attributes: { Arn: arn, TopicArn: arn, TopicName: name } }
    },
    delete({ type, services, physicalId }) {
      services.names.free(type, physicalId.split(':').at(-1) ?? '')
    },
  }
}

/** An unsupported type that is skipped on request: it has a name, and placeholder attributes. */
export const leftOut: ResourceType = {
  honoured: [],
  inert: 'all',
  create: ({ physicalId, physicalName }) => ({ ref: physicalId ?? physicalName(128) }),
}
