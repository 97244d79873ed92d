import { describe, expect, it } from '@jest/globals'
import type { Template } from 'aws-cdk-lib/assertions'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { text } from '../checks/template.js'
import { propertiesOf, synthesized } from '../testing/synthesized.js'
import { CredentialsApi, type CredentialsApiProps } from './credentials-api.js'

const jwt = { issuer: 'https://login.example.com/', audience: ['app', 'cli'], scope: 'mqtt' }

function api(props: Partial<CredentialsApiProps> = {}): Template {
  return synthesized((stack) => {
    const code = Code.fromInline('exports.handler = async () => ({})')
    const handler = new LambdaFunction(stack, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code,
    })
    new CredentialsApi(stack, 'Credentials', { handler, ...props })
  })
}

function routes(template: Template): Record<string, { type: string; scopes: string[] | undefined }> {
  return Object.fromEntries(
    Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      { type: Properties.AuthorizationType, scopes: Properties.AuthorizationScopes },
    ]),
  )
}

describe('CredentialsApi', () => {
  it('requires a signature by default', () => {
    const iam = { type: 'AWS_IAM', scopes: undefined }
    expect(routes(api())).toEqual({ 'GET /credentials': iam, 'POST /credentials': iam })
  })

  it('requires a token of the issuer, with the audience and the scope, if jwt is set', () => {
    const template = api({ jwt })
    const token = { type: 'JWT', scopes: ['mqtt'] }
    expect(routes(template)).toEqual({ 'GET /credentials': token, 'POST /credentials': token })
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: jwt.issuer, Audience: jwt.audience },
    })
  })

  it('requires a signature from backends, even if users have tokens', () => {
    const template = api({ jwt, backends: true })
    expect(routes(template)['POST /users/{userId}/credentials']).toMatchObject({ type: 'AWS_IAM' })
    expect(routes(template)['POST /users/{userId}/credentials']?.scopes ?? []).toEqual([])
    expect(routes(template)['POST /credentials']).toMatchObject({ type: 'JWT' })
  })

  it('has no route for backends by default', () => {
    expect(Object.keys(routes(api()))).not.toContain('POST /users/{userId}/credentials')
  })

  it('is throttled', () => {
    const settings = (template: Template): unknown =>
      propertiesOf(template, 'AWS::ApiGatewayV2::Stage').DefaultRouteSettings
    expect(settings(api())).toEqual({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 })
    const throttle = { rateLimit: 5, burstLimit: 6 }
    expect(settings(api({ throttle }))).toEqual({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 6 })
  })

  it('logs the caller, and no header, query or token', () => {
    const { AccessLogSettings } = propertiesOf(api(), 'AWS::ApiGatewayV2::Stage')
    const { Format } = AccessLogSettings as { Format: string }
    const variables = Object.values(JSON.parse(Format) as Record<string, string>)
    expect(variables).toContain('$context.identity.userArn')
    expect(variables.filter((variable) => !/^\$context\.[A-Za-z.]+$/u.test(variable))).toEqual([])
    expect(Format).not.toMatch(/header|query|authorization|token|accessKey|path/iu)
  })

  it('has a log group name that needs no resource policy and does not collide with the log of an earlier stack', () => {
    const { LogGroupName } = propertiesOf(api(), 'AWS::Logs::LogGroup')
    expect(text(LogGroupName)).toMatch(/^\/aws\/vendedlogs\/topic-credentials\/Test\/<CredentialsApi\w+>$/u)
  })

  it('allows browsers only from the given origins', () => {
    const origins = (template: Template): unknown => propertiesOf(template, 'AWS::ApiGatewayV2::Api').CorsConfiguration
    expect(origins(api())).toBeUndefined()
    expect(origins(api({ corsOrigins: ['https://app.example.com', 'http://localhost:5173'] }))).toMatchObject({
      AllowOrigins: ['https://app.example.com', 'http://localhost:5173'],
      AllowMethods: ['GET', 'POST'],
    })
  })

  it.each(['*', 'https://*.example.com', 'http://app.example.com', 'https://app.example.com/', 'app.example.com', ''])(
    "'%s' is not an origin",
    (origin) => {
      expect(() => api({ corsOrigins: [origin] })).toThrow(`corsOrigins: '${origin}' is not an origin`)
    },
  )
})
