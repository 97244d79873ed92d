import { alreadyExists } from './failure.js'
import type { ResourceType } from './resource-type.js'

/**
 * `AWS::DynamoDB::Table`, on demand. Tables and items are restored with the account. Items do not expire: AWS also deletes expired items
 * only after days.
 */
export const table: ResourceType = {
  honoured: ['AttributeDefinitions', 'BillingMode', 'DeletionProtectionEnabled', 'KeySchema', 'TableName'],
  inert: ['PointInTimeRecoverySpecification', 'SSESpecification', 'TableClass', 'Tags', 'TimeToLiveSpecification'],
  replacedBy: ['ImportSourceSpecification', 'KeySchema', 'TableName'],
  named: 'TableName',
  async create({ type, properties, services, physicalId, physicalName }) {
    const billing = properties.optionalText('BillingMode') ?? 'PROVISIONED'
    if (billing !== 'PAY_PER_REQUEST') throw new Error(`the stand-in only supports on-demand tables, not ${billing}`)
    const tableName = properties.optionalText('TableName') ?? physicalId ?? physicalName(255)
    const tables = await services.tables()
    const returned = physicalId === undefined ? undefined : tables.returned(tableName)
    if (returned !== undefined) return { ref: tableName, attributes: { Arn: returned.arn } }
    if (tables.names().includes(tableName)) throw alreadyExists(type, tableName)
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
  async update({ properties, before, services, physicalId, attributes }) {
    for (const name of ['AttributeDefinitions', 'BillingMode']) {
      if (JSON.stringify(properties.raw(name)) === JSON.stringify(before.raw(name))) continue
      throw new Error(`the stand-in does not support a change of ${name} of a table`)
    }
    const tables = await services.tables()
    await tables.protect(physicalId, properties.flag('DeletionProtectionEnabled'))
    return { ref: physicalId, attributes }
  },
  async delete({ services, physicalId }) {
    const tables = await services.tables()
    await tables.delete(physicalId)
  },
}
