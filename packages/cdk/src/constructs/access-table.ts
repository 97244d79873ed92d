import { partitionKey } from '@topic-credentials/access'
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

/** Properties of {@link AccessTable}. */
export interface AccessTableProps {
  /**
   * Whether the table survives the deletion of the stack and is protected against deletion. With `false`, `cdk destroy` deletes the table
   * and the revocations in it: for CI and probes.
   * @default true
   */
  readonly keepTable?: boolean | undefined
  /**
   * KMS key that encrypts the table. The function and the deploy check get the permission to use it through DynamoDB; the key policy must
   * allow the account to delegate (as the default key policy does), and operators need the same permission.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
   * @default - a key owned by DynamoDB
   */
  readonly tableKeyArn?: string | undefined
}

/**
 * Grants and revocations that take effect without a deployment: one item per user, group and role. On-demand capacity, with
 * point-in-time recovery. Its name is generated, so a table kept from a deleted stack does not block a new one.
 */
export class AccessTable extends Construct {
  readonly table: Table
  /** Undefined: a key owned by DynamoDB. */
  readonly key: IKey | undefined

  constructor(scope: Construct, id: string, { keepTable = true, tableKeyArn }: AccessTableProps = {}) {
    super(scope, id)
    this.key = tableKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', tableKeyArn)
    this.table = new Table(this, 'Table', {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepTable,
      removalPolicy: keepTable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(this.key === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.key }),
    })
  }
}
