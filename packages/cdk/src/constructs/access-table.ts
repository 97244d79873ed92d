import { partitionKey } from '@topic-credentials/access'
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

/** Properties of {@link AccessTable}. */
export interface AccessTableProps {
  /**
   * Whether the table outlives the stack and is protected against deletion. Without it a `cdk destroy` takes it, and who was revoked, along:
   * for CI and probes.
   * @default true
   */
  readonly keepTable?: boolean | undefined
  /** A key of your own, which the operators and the function then need as well. @default - DynamoDB's own key */
  readonly tableKey?: IKey | undefined
}

/**
 * Who may have what, and who may not any more, without a deployment: an item per user, group and role. On demand, with point-in-time
 * recovery. It has no name of its own: a table that a destroyed stack left behind is in no later one's way.
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
