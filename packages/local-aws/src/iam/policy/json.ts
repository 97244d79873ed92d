import { parseJson } from '@topic-credentials/project'
import { MalformedPolicyDocumentError } from '../errors.js'

/** Deep enough for any policy; deeper nesting is refused before a recursive parser reads it. */
const deepest = 16

/** JSON as IAM accepts it: standard JSON without duplicate keys in an object (`JSON.parse` would silently keep the last). */
export function readJson(text: string): unknown {
  const value = parseJson(text, () => new MalformedPolicyDocumentError('This policy contains invalid Json'))
  checkKeys(text)
  return value
}

/** Scans text that is known to be valid JSON. */
function checkKeys(text: string): void {
  const open: (Set<string> | undefined)[] = []
  const tokens = /"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/gsu
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const [token] = match
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : undefined)
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (token.endsWith(':')) {
      const quoted = token.slice(0, token.lastIndexOf('"') + 1)
      // Keys may contain escapes; few do.
      const key: string = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
      const keys = open.at(-1)
      if (keys?.has(key)) throw new MalformedPolicyDocumentError('Syntax errors in policy.', key)
      keys?.add(key)
    }
    if (open.length > deepest) throw new MalformedPolicyDocumentError('Syntax errors in policy.')
  }
}
