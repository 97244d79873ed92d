import type { ResourceType } from './resource-type.js'

/** `AWS::Logs::LogGroup`: lines are kept in memory while the stand-in runs, whatever the retention. */
export const logGroup: ResourceType = {
  honoured: ['LogGroupName'],
  inert: ['DataProtectionPolicy', 'KmsKeyId', 'LogGroupClass', 'RetentionInDays', 'Tags'],
  create({ properties, services, physicalName }) {
    const name = properties.optionalText('LogGroupName') ?? physicalName(512)
    return {
      ref: name,
      attributes: { Arn: `arn:aws:logs:${services.region}:${services.accountId}:log-group:${name}:*` },
    }
  },
}

/** `AWS::CDK::Metadata`: describes the app to AWS. */
export const cdkMetadata: ResourceType = {
  honoured: [],
  inert: ['Analytics'],
  create: ({ physicalName }) => ({ ref: physicalName(64) }),
}

/**
 * Types that watch: alarms, dashboards, metrics made of log lines, and the topics that alarms notify. Nothing is measured
 * here, so nothing of them happens; they are accepted with all their properties.
 */
export function watching(service: string): ResourceType {
  return {
    honoured: [],
    inert: 'all',
    create({ services, physicalName }) {
      const name = physicalName(200)
      const arn = `arn:aws:${service}:${services.region}:${services.accountId}:${name}`
      return { ref: service === 'sns' ? arn : name, attributes: { Arn: arn, TopicArn: arn, TopicName: name } }
    },
  }
}
