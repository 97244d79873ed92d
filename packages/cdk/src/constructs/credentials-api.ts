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

/** The accepted tokens: from any OpenID Connect issuer that signs with RSA, including Cognito user pools. */
export interface JwtCallers {
  /** The `iss` claim of the tokens, `https://…`. API Gateway reads its discovery document. */
  readonly issuer: string
  /** The token's `aud` or `client_id` must be one of these. */
  readonly audience: readonly string[]
  /** A scope that the token must have. Without it, both ID tokens and access tokens are accepted. */
  readonly scope?: string | undefined
}

/** Properties of {@link CredentialsApi}. */
export interface CredentialsApiProps extends LogProps {
  /** The vending function. */
  readonly handler: IFunction
  /** Callers authenticate with a token. @default - with a SigV4 signature (IAM) */
  readonly jwt?: JwtCallers | undefined
  /**
   * Adds `POST /users/{userId}/credentials`, IAM only, for backends that request credentials for their users. IAM policies control which
   * users a backend can name: `execute-api:Invoke` on `…/POST/users/alice/credentials`. Note that a caller with permission to invoke the
   * whole API can name any user.
   * @default false
   */
  readonly backends?: boolean | undefined
  /** Web origins that can call the API from a browser, such as `https://app.example.com`. @default - none */
  readonly corsOrigins?: readonly string[] | undefined
  /** Requests per second for the whole API. @default 100, bursts of 200 */
  readonly throttle?: Required<ThrottleSettings> | undefined
}

/** The HTTP API of the vending function. No route is open: the API has a default authorizer. */
export class CredentialsApi extends Construct {
  readonly api: HttpApi
  readonly stage: HttpStage
  /** Where users `POST` for credentials. */
  readonly credentialsUrl: string
  readonly #integration: HttpLambdaIntegration
  /** Whether IAM identities are not users here, so that the deploy check needs its own route. */
  readonly #named: boolean

  constructor(scope: Construct, id: string, props: CredentialsApiProps) {
    super(scope, id)
    const { jwt, handler } = props
    this.api = new HttpApi(this, 'Api', {
      description: 'Vends short-lived AWS credentials for MQTT topics',
      defaultAuthorizer: authorizer(jwt),
      ...(jwt?.scope === undefined ? {} : { defaultAuthorizationScopes: [jwt.scope] }),
      // The default stage would have neither throttling nor an access log.
      createDefaultStage: false,
      ...cors(props.corsOrigins),
    })
    if (jwt !== undefined) {
      Annotations.of(this).addInfo(
        `API Gateway reads ${jwt.issuer.replace(/\/$/u, '')}/.well-known/openid-configuration during the deployment. The deployment fails if that URL is not reachable from the internet`,
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
   * The URL where the deploy check requests credentials. If tokens or backends name the users, this adds a route with the IAM authorizer
   * that the function accepts only from the check's own role.
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
   * API Gateway writes other log group names into one resource policy of the account, which is full after some dozens; then every stage
   * fails. Because of the API's ID, a new stack never collides with the kept log of an old one.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
   */
  #accessLogName(): string {
    return `/aws/vendedlogs/topic-credentials/${Stack.of(this).stackName}/${this.api.apiId}`
  }

  /** A route whose Lambda permission covers only its own method; the CDK would allow all methods. */
  #open(method: HttpMethod, path: string, more: Partial<AddRoutesOptions> = {}): void {
    const [route] = this.api.addRoutes({ path, methods: [method], integration: this.#integration, ...more })
    const permission = route?.node.tryFindChild('Vendor-Permission')
    if (!(permission instanceof CfnPermission)) throw new Error(`${method} ${path} has no Lambda permission.`)
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
      remedy: 'Use https://HOST[:PORT] (http for localhost), without a path and without "*".',
    })
  }
  if (origins.length === 0) return {}
  return {
    corsPreflight: {
      allowOrigins: [...origins],
      allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
      allowHeaders: ['authorization', 'content-type', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'],
      // A page corrects a wrong clock with the Date header.
      exposeHeaders: ['date', 'retry-after'],
    },
  }
}

/**
 * Caller, time and result: no headers, no query string, no token.
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
