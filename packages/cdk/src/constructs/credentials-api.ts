import { Annotations, Stack } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  type AddRoutesOptions,
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
  type ThrottleSettings,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { ConstructError } from '../errors.js'
import { type LogProps, logGroup } from './logs.js'

/** Whose tokens are accepted: any OpenID Connect issuer that signs with RSA, Cognito user pools among them. */
export interface JwtCallers {
  /** `iss` of the tokens, `https://…`; its discovery document is read by API Gateway. */
  readonly issuer: string
  /** One of these must be the token's `aud` or `client_id`. */
  readonly audience: readonly string[]
  /** A scope that the token must carry. Without one, ID tokens and access tokens are both accepted. */
  readonly scope?: string | undefined
}

/** Properties of {@link CredentialsApi}. */
export interface CredentialsApiProps extends LogProps {
  /** The vending function. */
  readonly handler: IFunction
  /** Callers prove themselves with a token. @default - with a SigV4 signature (IAM) */
  readonly jwt?: JwtCallers | undefined
  /**
   * Opens `POST /users/{userId}/credentials`, IAM only, for backends that vend for their users. Who may name which user is
   * for IAM policies to say: `execute-api:Invoke` on `…/POST/users/alice/credentials`. Beware of callers who already
   * may invoke the whole API.
   * @default false
   */
  readonly backends?: boolean | undefined
  /** Web origins that may call from a browser, such as `https://app.example.com`. @default - none */
  readonly corsOrigins?: readonly string[] | undefined
  /** Requests per second to the whole API. @default 100, bursts of 200 */
  readonly throttle?: Required<ThrottleSettings> | undefined
}

/** The HTTP API in front of the vending function. No route is open: the authorizer is the API's own default. */
export class CredentialsApi extends Construct {
  readonly api: HttpApi
  readonly stage: HttpStage
  /** Where users `POST` for credentials. */
  readonly credentialsUrl: string
  readonly #integration: HttpLambdaIntegration
  /** Whether IAM identities are no users here, so that the deploy check needs a route of its own. */
  readonly #named: boolean

  constructor(scope: Construct, id: string, props: CredentialsApiProps) {
    super(scope, id)
    const { jwt, handler } = props
    this.api = new HttpApi(this, 'Api', {
      description: 'Vends short-lived AWS credentials for MQTT topics',
      defaultAuthorizer: authorizer(jwt),
      ...(jwt?.scope === undefined ? {} : { defaultAuthorizationScopes: [jwt.scope] }),
      // It would come without throttling and without an access log.
      createDefaultStage: false,
      ...cors(props.corsOrigins),
    })
    if (jwt !== undefined) {
      Annotations.of(this).addInfo(
        `API Gateway reads ${jwt.issuer.replace(/\/$/u, '')}/.well-known/openid-configuration at the deployment and fails it where that cannot be reached from the internet`,
      )
    }
    this.#named = jwt !== undefined || props.backends === true
    const integration = new HttpLambdaIntegration('Vendor', handler)
    this.#integration = integration
    this.#open(HttpMethod.GET, '/credentials')
    this.#open(HttpMethod.POST, '/credentials')
    if (props.backends === true) this.#open(HttpMethod.POST, '/users/{userId}/credentials', iamOnly())
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: props.throttle ?? { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup(this, 'AccessLog', props, { name: this.#accessLogName() })),
        format: accessLogFormat,
      },
    })
    this.credentialsUrl = `${this.api.apiEndpoint}/credentials`
  }

  /**
   * Where the deploy check asks for credentials. Where tokens or backends name users this opens a route that has the IAM authorizer, and
   * that the function keeps for the check's own role.
   */
  openToCheck(): { readonly url: string; readonly routeArn: string; readonly checkOnly: boolean } {
    const path = this.#named ? '/deploy-check/credentials' : '/credentials'
    if (this.#named) this.#open(HttpMethod.POST, path, iamOnly())
    return {
      checkOnly: this.#named,
      url: this.api.apiEndpoint + path,
      routeArn: this.api.arnForExecuteApi('POST', path, '$default'),
    }
  }

  /**
   * API Gateway writes other names into one resource policy of the account, which is full after some dozens and then fails every stage.
   * With the API's ID the name is free again when a stack is made again, though its old log was kept.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
   */
  #accessLogName(): string {
    return `/aws/vendedlogs/topic-credentials/${Stack.of(this).stackName}/${this.api.apiId}`
  }

  /** A route whose leave to call the function is for its own method; the CDK would give it for all. */
  #open(method: HttpMethod, path: string, more: Partial<AddRoutesOptions> = {}): void {
    const [route] = this.api.addRoutes({ path, methods: [method], integration: this.#integration, ...more })
    const permission = route?.node.tryFindChild('Vendor-Permission')
    if (!(permission instanceof CfnPermission)) throw new Error(`${method} ${path} has no leave to call the function.`)
    permission.sourceArn = this.api.arnForExecuteApi(method, path.replaceAll(/\{[^}]*\}/gu, '*'))
  }
}

function iamOnly(): Partial<AddRoutesOptions> {
  return { authorizer: new HttpIamAuthorizer(), authorizationScopes: [] }
}

function authorizer(jwt: JwtCallers | undefined): IHttpRouteAuthorizer {
  if (jwt === undefined) return new HttpIamAuthorizer()
  return new HttpJwtAuthorizer('Jwt', jwt.issuer, { jwtAudience: [...jwt.audience] })
}

function cors(origins: readonly string[] = []): { corsPreflight?: CorsPreflightOptions } {
  const bad = origins.find((origin) => !/^(https:\/\/[^/*\s]+|http:\/\/localhost(:\d+)?)$/u.test(origin))
  if (bad !== undefined) {
    throw new ConstructError('invalid_property', `corsOrigins: '${bad}' is not an origin`, {
      value: bad,
      remedy: 'Write https://HOST[:PORT] (http for localhost), no path, no *.',
    })
  }
  if (origins.length === 0) return {}
  return {
    corsPreflight: {
      allowOrigins: [...origins],
      allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
      allowHeaders: ['authorization', 'content-type', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'],
      // Date: a page corrects a wrong clock by it.
      exposeHeaders: ['date', 'retry-after'],
    },
  }
}

/**
 * Who asked, when, with what result: no header, no query string, no token.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    route: '$context.routeKey',
    status: '$context.status',
    caller: '$context.identity.userArn',
    subject: '$context.authorizer.claims.sub',
    authorizerError: '$context.authorizer.error',
    integrationError: '$context.integrationErrorMessage',
    latency: '$context.responseLatency',
    responseLength: '$context.responseLength',
  }),
)
