/**
 * The AWS Query protocol: parameters in form encoding (`Tags.member.1.Key=team`), answers in XML.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const apiVersion = '2011-06-15'
const namespace = `https://sts.amazonaws.com/doc/${apiVersion}/`

/** Nested elements; undefined ones are left out. */
export interface XmlTree {
  readonly [name: string]: string | number | XmlTree | undefined
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

export function successXml(action: string, result: XmlTree, requestId: string): string {
  return renderRoot(`${action}Response`, { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } })
}

export function errorXml(code: string, status: number, message: string, requestId: string): string {
  const type = status >= 500 ? 'Receiver' : 'Sender'
  return renderRoot('ErrorResponse', { Error: { Type: type, Code: code, Message: message }, RequestId: requestId })
}

function renderRoot(name: string, tree: XmlTree): string {
  return `<${name} xmlns="${namespace}">\n${render(tree, '  ')}</${name}>\n`
}

function render(tree: XmlTree, indent: string): string {
  return Object.entries(tree)
    .map(([name, value]) => {
      if (value === undefined) return ''
      if (typeof value !== 'object') return `${indent}<${name}>${escapeXml(String(value))}</${name}>\n`
      return `${indent}<${name}>\n${render(value, `${indent}  `)}${indent}</${name}>\n`
    })
    .join('')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text from a request may come back in an error: what XML 1.0 cannot hold becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"]/gu, (character) => entities[character] as string)
}
