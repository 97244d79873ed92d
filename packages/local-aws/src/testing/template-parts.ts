/** A log group: nothing but a name. */
export function logGroup(properties: object = {}, more: object = {}): object {
  return { Type: 'AWS::Logs::LogGroup', Properties: properties, ...more }
}

/** A role that a service may assume. */
export function serviceRole(more: object = {}, service = 'lambda.amazonaws.com'): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      ...more,
    },
  }
}

/** A function from its source, with a role of its own: two resources. */
export function inlineFunction(name: string, source: string, more: object = {}): Record<string, object> {
  return {
    [`${name}Role`]: serviceRole(),
    [name]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: source },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
        ...more,
      },
    },
  }
}

/**
 * The function behind a custom resource. It logs its requests; a property `Fail` with the request's type makes it fail, and
 * `Id` is the physical ID that it answers.
 */
export const provider = `
  const https = require('node:https')
  exports.handler = async (event) => {
    console.log(JSON.stringify(event))
    const { Fail, Id } = event.ResourceProperties
    const failed = [].concat(Fail ?? []).includes(event.RequestType)
    const body = JSON.stringify({
      Status: failed ? 'FAILED' : 'SUCCESS',
      Reason: failed ? 'it was told to fail' : undefined,
      PhysicalResourceId: Id ?? event.PhysicalResourceId ?? 'made',
      Data: { Told: event.RequestType },
      StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    })
    await new Promise((resolve, reject) => {
      const request = https.request(event.ResponseURL, { method: 'PUT', headers: { 'content-length': Buffer.byteLength(body) } }, (response) => {
        response.resume().on('end', resolve)
      })
      request.on('error', reject)
      request.end(body)
    })
  }`

export function customResource(properties: object, type = 'Custom::Thing'): object {
  return { Type: type, Properties: { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] }, ...properties } }
}
