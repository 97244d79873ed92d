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

/** The source of a function's code: an object in a bucket, or the source text itself. */
export interface FunctionCode {
  readonly bucket: string
  readonly key: string | undefined
  readonly source: string | undefined
}

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
  /** By ARN. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>
  createFunction(configuration: FunctionConfiguration): FunctionRuntime
  deleteFunction(arn: string): Promise<void>
  /** The number of a function's next version: `1`, `2`, …; numbers are never reused. */
  nextVersion(functionArn: string): string
  /** Folder with a function's unpacked code. @throws Error if there is none */
  codeFolder(assets: ReadonlyMap<string, string>, code: FunctionCode): Promise<string>
  /** By ID. */
  readonly apis: ReadonlyMap<string, ApiParts>
  createHttpApi(apiId: string, cors: CorsConfiguration | undefined): Promise<HttpApi>
  deleteHttpApi(apiId: string): Promise<void>
  createJwtAuthorizer(settings: JwtAuthorizerSettings): JwtAuthorizer
  createStage(settings: StageSettings): Stage
  /** Names of resources that are only a name here: log groups, alarms. */
  readonly names: Names
  /** The URL for responses of custom resources. */
  readonly customAnswers: CustomAnswers
  /** Appends a line to a log group. */
  writeLog(logGroup: string, message: string): void
}
