import { RequestError } from '../errors.js'
import { readVendResponse, type VendResponse } from './vend-response.js'

/**
 * Reads a vendor's response. Unknown fields are ignored, so an older client accepts a newer vendor.
 *
 * @throws RequestError `malformed_response`, naming the field and never its value
 * @example parseVendResponse(await response.json()).credentials.expiration
 */
export function parseVendResponse(input: unknown): VendResponse {
  try {
    return readVendResponse(input)
  } catch (cause) {
    throw new RequestError('malformed_response', `The vendor's response is not valid: ${(cause as Error).message}.`, {
      remedy:
        'Check that the URL is that of the credential vendor, and that client and vendor have compatible versions.',
    })
  }
}
