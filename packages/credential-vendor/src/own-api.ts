import { VendError } from './errors.js'

/**
 * Identity is what an authorizer says, so it counts only where the authorizer is the stack's own: an API of somebody else with a
 * permission to call this function could say anything.
 *
 * @throws VendError `caller_not_supported`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html (`requestContext.apiId`)
 */
export function requireOwnApi({ apiId }: { readonly apiId?: unknown }, own: string): void {
  if (apiId === own) return
  const remedy = 'Call the API of this stack: its output CredentialsUrl.'
  throw new VendError('caller_not_supported', 'The request did not come through the API of this stack.', { remedy })
}
