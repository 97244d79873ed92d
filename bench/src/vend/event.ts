/** The event that API Gateway sends for an IAM caller who requests one topic. */
export const event = {
  version: '2.0',
  routeKey: 'POST /credentials',
  body: '{"publish":["test"],"subscribe":["test"]}',
  isBase64Encoded: false,
  requestContext: { apiId: 'api', authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/alice' } } },
}
