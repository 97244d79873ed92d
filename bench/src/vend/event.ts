/** What API Gateway hands on for an IAM caller who asks for one topic. */
export const event = {
  version: '2.0',
  routeKey: 'POST /credentials',
  body: '{"publish":["test"],"subscribe":["test"]}',
  isBase64Encoded: false,
  requestContext: { apiId: 'api', authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/alice' } } },
}
