import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A cloud assembly as `cdk synth` writes it, in a folder that goes with it. */
export interface TestAssembly extends AsyncDisposable {
  readonly directory: string
  /** Folder of a function's asset. */
  asset(name: string): string
}

/** Writes an assembly of one stack named `Test`; each function's source becomes the zip asset `<name>.zip`. */
export async function writeAssembly(
  template: object,
  functions: Readonly<Record<string, string>> = {},
  environment = 'aws://unknown-account/unknown-region',
): Promise<TestAssembly> {
  const directory = await mkdtemp(join(tmpdir(), 'test-assembly-'))
  const json = (file: string, value: object) => writeFile(join(directory, file), JSON.stringify(value))
  const files: Record<string, object> = {}
  for (const [name, source] of Object.entries(functions)) {
    await mkdir(join(directory, `asset.${name}`))
    await writeFile(join(directory, `asset.${name}`, 'index.mjs'), source)
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${name}.zip` } },
    }
  }
  await json('Test.template.json', template)
  await json('Test.assets.json', { version: '55.0.0', files })
  await json('manifest.json', {
    version: '55.0.0',
    artifacts: {
      'Test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Test.assets.json' } },
      Test: {
        type: 'aws:cloudformation:stack',
        environment,
        properties: { templateFile: 'Test.template.json' },
        dependencies: ['Test.assets'],
      },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  })
  return {
    directory,
    asset: (name) => join(directory, `asset.${name}`),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

/** A role that Lambda may assume, with inline policies by name. */
export function lambdaRole(policies: Readonly<Record<string, object[]>> = {}): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: statements({
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      Policies: Object.entries(policies).map(([PolicyName, list]) => ({
        PolicyName,
        PolicyDocument: statements(...list),
      })),
    },
  }
}

/** A function from the asset of that name. */
export function lambdaFunction(asset: string, role: string, more: object = {}): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': [role, 'Arn'] },
      ...more,
    },
  }
}

/** An HTTP API in front of one function: its routes with their authorization, and leave to call the function. */
export function httpApi(
  target: string,
  routes: Readonly<Record<string, object>>,
  stage: object = {},
  api: object = {},
): Record<string, object> {
  const id = { ApiId: { Ref: 'Api' } }
  const arn = { 'Fn::GetAtt': [target, 'Arn'] }
  return {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'HTTP', ...api } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: { ...id, IntegrationType: 'AWS_PROXY', IntegrationUri: arn, PayloadFormatVersion: '2.0' },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: arn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*/*` },
      },
    },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ...id, StageName: '$default', AutoDeploy: true, ...stage },
    },
    ...Object.fromEntries(
      Object.entries(routes).map(([RouteKey, more], index) => [
        `Route${index}`,
        {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: { ...id, RouteKey, Target: { 'Fn::Sub': `integrations/\${Integration}` }, ...more },
        },
      ]),
    ),
  }
}

/** A trigger that calls a function at deployment, with the provider that may; its code is never run, so any asset will do. */
export function triggerOf(target: string, asset: string): Record<string, object> {
  const HandlerArn = { 'Fn::GetAtt': [target, 'Arn'] }
  return {
    Trigger: {
      Type: 'Custom::Trigger',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Starter', 'Arn'] }, HandlerArn, InvocationType: 'RequestResponse' },
    },
    StarterRole: lambdaRole({ run: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: HandlerArn }] }),
    Starter: lambdaFunction(asset, 'StarterRole'),
  }
}

/** A policy document. */
export function statements(...list: readonly object[]): object {
  return { Version: '2012-10-17', Statement: list }
}
