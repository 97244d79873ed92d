/** A table as CloudFormation asks for it. Keys and attributes are as DynamoDB's CreateTable takes them. */
export interface TableSettings {
  readonly tableName: string
  readonly keySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[]
  readonly attributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[]
  readonly deletionProtection: boolean
}
