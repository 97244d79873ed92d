import type {
  CorsConfiguration,
  HttpApi,
  JwtAuthorizer,
  JwtAuthorizerSettings,
  Stage,
  StageSettings,
} from '../apigateway/index.js'
import type { Clock } from '../clock.js'
import type { Tables } from '../dynamodb/index.js'
import type { Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { FunctionConfiguration, FunctionRuntime } from '../lambda/index.js'
import type { ApiParts } from './api-parts.js'
import type { CustomAnswers } from './custom-answers.js'
import type { Names } from './names.js'

/** Where a function's code lies: an object in a bucket, or the source itself. */
export interface FunctionCode {
  readonly bucket: string
  readonly key: string | undefined
  readonly source: string | undefined
}

/** The services in which resources come to exist. */
export interface Services {
  readonly accountId: string
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  readonly directory: Directory
  /** The account's DynamoDB, served from the first call on. */
  tables(): Promise<Tables>
  /** Endpoint of the account's IoT data plane: `localhost:8443`. */
  readonly iotEndpoint: string
  /** Whether triggers run their functions. */
  readonly triggers: boolean
  /** By ARN. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>
  createFunction(configuration: FunctionConfiguration): FunctionRuntime
  deleteFunction(arn: string): Promise<void>
  /** The number of a function's next version: `1`, `2`, …; none is given twice. */
  nextVersion(functionArn: string): string
  /** Folder with a function's code, unpacked. @throws Error when there is none */
  codeFolder(assets: ReadonlyMap<string, string>, code: FunctionCode): Promise<string>
  /** By ID. */
  readonly apis: ReadonlyMap<string, ApiParts>
  createHttpApi(apiId: string, cors: CorsConfiguration | undefined): Promise<HttpApi>
  deleteHttpApi(apiId: string): Promise<void>
  createJwtAuthorizer(settings: JwtAuthorizerSettings): JwtAuthorizer
  createStage(settings: StageSettings): Stage
  /** Names of what is only a name here: log groups, alarms. */
  readonly names: Names
  /** Where custom resources answer. */
  readonly customAnswers: CustomAnswers
  /** Appends a line to a log group. */
  writeLog(logGroup: string, message: string): void
}
