/**
 * A service of the AWS Query protocol: parameters in form encoding (`Tags.member.1.Key=team`), answers in XML.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export interface QueryApi {
  /** `sts`, `iam`: the host of the XML namespace. */
  readonly service: string
  /** What requests give as `Version`. */
  readonly version: string
}

/** Nested elements; undefined ones are left out, a list becomes `member` elements. */
export interface XmlTree {
  readonly [name: string]: string | number | readonly string[] | XmlTree | undefined
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

function renderRoot({ service, version }: QueryApi, name: string, tree: XmlTree): string {
  return `<${name} xmlns="https://${service}.amazonaws.com/doc/${version}/">\n${render(tree, '  ')}</${name}>\n`
}

function render(tree: XmlTree, indent: string): string {
  return Object.entries(tree)
    .map(([name, value]) => {
      if (value === undefined) return ''
      const open = `${indent}<${name}>`
      if (typeof value !== 'object') return `${open}${escapeXml(String(value))}</${name}>\n`
      const inner = isList(value)
        ? value.map((member) => render({ member }, `${indent}  `)).join('')
        : render(value, `${indent}  `)
      return `${open}\n${inner}${indent}</${name}>\n`
    })
    .join('')
}

function isList(value: readonly string[] | XmlTree): value is readonly string[] {
  return Array.isArray(value)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text from a request may come back in an error: what XML 1.0 cannot hold becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"]/gu, (character) => entities[character] as string)
}
