/** The content of an element. Undefined members are omitted; a list becomes `member` elements. */
export type XmlValue = string | number | boolean | XmlTree | Repeated | readonly XmlValue[] | undefined

export interface XmlTree {
  readonly [name: string]: XmlValue
}

/** Repeated elements with the same name, as in S3's list of objects. */
export class Repeated {
  readonly elements: readonly XmlTree[]

  constructor(elements: readonly XmlTree[]) {
    this.elements = elements
  }
}

/** A document with one root. */
export function renderXml(name: string, namespace: string, tree: XmlTree): string {
  return `<${name} xmlns="${namespace}">\n${renderTree(tree, '  ')}</${name}>\n`
}

function renderTree(tree: XmlTree, indent: string): string {
  return Object.entries(tree)
    .map(([name, value]) => renderElement(name, value, indent))
    .join('')
}

function renderElement(name: string, value: XmlValue, indent: string): string {
  if (value === undefined) return ''
  if (value instanceof Repeated) return value.elements.map((one) => renderElement(name, one, indent)).join('')
  const open = `${indent}<${name}>`
  if (typeof value !== 'object') return `${open}${escapeXml(String(value))}</${name}>\n`
  const deeper = `${indent}  `
  const inner = isList(value)
    ? value.map((member) => renderElement('member', member, deeper)).join('')
    : renderTree(value, deeper)
  return `${open}\n${inner}${indent}</${name}>\n`
}

function isList(value: XmlTree | readonly XmlValue[]): value is readonly XmlValue[] {
  return Array.isArray(value)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text from a request may appear in an error: characters that XML 1.0 does not allow become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"]/gu, (character) => entities[character] as string)
}
