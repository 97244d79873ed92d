import type { JwtAuthorizer, JwtAuthorizerSettings } from '../apigateway/index.js'
import type { Clock } from '../clock.js'
import type { Tables } from '../dynamodb/index.js'
import type { Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { Functions } from '../lambda/index.js'
import type { CodeFolders } from './code-folders.js'
import type { CustomAnswers } from './custom-answers.js'
import type { HttpApis } from './http-apis.js'
import type { Names } from './names.js'

/** The services in which resources are created. */
export interface Services {
  readonly accountId: string
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  readonly directory: Directory
  /** The account's DynamoDB, started on demand. */
  tables(): Promise<Tables>
  /** Endpoint of the account's IoT data plane: `localhost:8443`. */
  readonly iotEndpoint: string
  /** Whether triggers run their functions. */
  readonly triggers: boolean
  readonly functions: Functions
  /** The unpacked code of functions. */
  readonly code: CodeFolders
  readonly apis: HttpApis
  createJwtAuthorizer(settings: JwtAuthorizerSettings): JwtAuthorizer
  /** Names of resources that are only a name here: log groups, alarms. */
  readonly names: Names
  /** The URL for responses of custom resources. */
  readonly customAnswers: CustomAnswers
}
