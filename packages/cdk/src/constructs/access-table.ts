import { partitionKey } from '@topic-credentials/access'
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

/** Properties of {@link AccessTable}. */
export interface AccessTableProps {
  /**
   * Whether the table survives the deletion of the stack and is protected against deletion. With `false`, `cdk destroy` deletes the table
   * and the revocations in it: for CI and probes.
   * @default true
   */
  readonly keepTable?: boolean | undefined
  /** A customer managed key; the operators and the function then need permission to use it. @default - a key owned by DynamoDB */
  readonly tableKey?: IKey | undefined
}

/**
 * Grants and revocations that take effect without a deployment: one item per user, group and role. On-demand capacity, with
 * point-in-time recovery. Its name is generated, so a table kept from a deleted stack does not block a new one.
 */
export class AccessTable extends Construct {
  readonly table: Table

  constructor(scope: Construct, id: string, { keepTable = true, tableKey }: AccessTableProps = {}) {
    super(scope, id)
    this.table = new Table(this, 'Table', {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepTable,
      removalPolicy: keepTable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(tableKey === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: tableKey }),
    })
  }
}
