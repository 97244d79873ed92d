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
export { Sha256 } from './table/sha256.js'
export {
  type Credentials,
  type SignedAnswer,
  type SignedRequest,
  type SignedService,
  signedCalls,
} from './table/signed-call.js'
export type { Expected, Table } from './table/table.js'
export type { TableClientOptions } from './table/table-calls.js'
export { TableClient } from './table/table-client.js'
export { tableReader } from './table/table-reader.js'
export { lastKnown } from './vend/last-known.js'
export { type AccessAnswer, type AccessQuestion, mostGroups, readAccess } from './vend/read-access.js'
