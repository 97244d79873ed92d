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
  createHttpApi(apiId: string, cors: CorsConfiguration | undefined): Promise<HttpApi>
  createJwtAuthorizer(settings: JwtAuthorizerSettings): JwtAuthorizer
  createStage(settings: StageSettings): Stage
  /** Appends a line to a log group. */
  writeLog(logGroup: string, message: string): void
}
