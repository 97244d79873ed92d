/** A table as requested by CloudFormation, with keys and attributes in the format of CreateTable. */
export interface TableSettings {
  readonly tableName: string
  readonly keySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[]
  readonly attributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[]
  readonly deletionProtection: boolean
}
