import type { ResourceType } from './resource-type.js'

/**
 * `AWS::DynamoDB::Table`, on demand. What is written is kept in memory while the stand-in runs; nothing expires by itself, as in
 * AWS an item may outlive its time by days.
 */
export const table: ResourceType = {
  honoured: ['AttributeDefinitions', 'BillingMode', 'DeletionProtectionEnabled', 'KeySchema', 'TableName'],
  inert: ['PointInTimeRecoverySpecification', 'SSESpecification', 'TableClass', 'Tags', 'TimeToLiveSpecification'],
  async create({ properties, services, physicalName }) {
    const billing = properties.optionalText('BillingMode') ?? 'PROVISIONED'
    if (billing !== 'PAY_PER_REQUEST') throw new Error(`the stand-in has tables on demand only, not ${billing}`)
    const tableName = properties.optionalText('TableName') ?? physicalName(255)
    const tables = await services.tables()
    const { arn } = await tables.create({
      tableName,
      keySchema: properties.list('KeySchema').map((one) => ({
        AttributeName: one.text('AttributeName'),
        KeyType: one.text('KeyType'),
      })),
      attributeDefinitions: properties.list('AttributeDefinitions').map((one) => ({
        AttributeName: one.text('AttributeName'),
        AttributeType: one.text('AttributeType'),
      })),
      deletionProtection: properties.flag('DeletionProtectionEnabled'),
    })
    return { ref: tableName, attributes: { Arn: arn } }
  },
}
