export { AccessError, type AccessErrorCode } from './errors.js'
export { type Attribute, type Attributes, textAttribute, textOf, wholeNumberOf } from './item/attributes.js'
export {
  type AccessItem,
  type GrantTexts,
  grantsAt,
  longestList,
  newItem,
  noGrants,
  partitionKey,
  readItem,
  writeItem,
} from './item/item.js'
export { type AccessKey, groupKey, keyText, parseKey, roleKey, sessionKey, userKey } from './item/key.js'
export { callerArn } from './table/caller-arn.js'
export { type ChangeOptions, changeItem } from './table/change-item.js'
export type { Credentials, SignedService } from './table/signed-call.js'
export { type Expected, type Table, TableClient, type TableClientOptions } from './table/table-client.js'
export { lastKnown } from './vend/last-known.js'
export { type AccessAnswer, type AccessQuestion, mostGroups, readAccess } from './vend/read-access.js'
