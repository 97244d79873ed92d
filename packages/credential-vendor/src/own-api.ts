import { notSupported } from './errors.js'

/**
 * The identity comes from the authorizer, so it counts only if the event comes from the stack's own API: a foreign API with permission to
 * call this function could claim any identity.
 *
 * @throws VendError `caller_not_supported`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html (`requestContext.apiId`)
 */
export function requireOwnApi({ apiId }: { readonly apiId?: unknown }, own: string): void {
  if (apiId === own) return
  throw notSupported(
    'The request did not come through the API of this stack.',
    'Call the API in the output CredentialsUrl of the stack.',
  )
}
