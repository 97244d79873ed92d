import { ServiceError } from './service-error.js'
import { renderXml, type XmlTree } from './xml.js'

/**
 * A service with the AWS Query protocol: form-encoded parameters (`Tags.member.1.Key=team`), XML responses.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export interface QueryApi {
  /** `sts`, `iam`: the host of the XML namespace. */
  readonly service: string
  /** The `Version` parameter of requests. */
  readonly version: string
  /** XML namespace; default `https://<service>.amazonaws.com/doc/<version>/`. */
  readonly namespace?: string
}

/** @throws ServiceError `ValidationError` if it is absent or empty */
export function requiredParameter(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name)
  if (value !== null && value !== '') return value
  const message = `1 validation error detected: Value null at '${memberName(name)}' failed to satisfy constraint: Member must not be null`
  throw new ServiceError('ValidationError', 400, message)
}

/** A parameter as AWS's messages name it. */
export function memberName(parameter: string): string {
  return parameter.charAt(0).toLowerCase() + parameter.slice(1)
}

/** `Name.member.1`, `Name.member.2`, … in order; a gap ends the list. With `field`, `Name.member.1.field`. */
export function listParameter(parameters: URLSearchParams, name: string, field?: string): readonly string[] {
  const values: string[] = []
  for (let index = 1; ; index++) {
    const value = parameters.get(`${name}.member.${index}${field === undefined ? '' : `.${field}`}`)
    if (value === null) return values
    values.push(value)
  }
}

export function successXml(api: QueryApi, action: string, result: XmlTree, requestId: string): string {
  const tree = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } }
  return renderRoot(api, `${action}Response`, tree)
}

export function errorXml(api: QueryApi, code: string, status: number, message: string, requestId: string): string {
  const type = status >= 500 ? 'Receiver' : 'Sender'
  return renderRoot(api, 'ErrorResponse', { Error: { Type: type, Code: code, Message: message }, RequestId: requestId })
}

function renderRoot({ service, version, namespace }: QueryApi, name: string, tree: XmlTree): string {
  return renderXml(name, namespace ?? `https://${service}.amazonaws.com/doc/${version}/`, tree)
}
