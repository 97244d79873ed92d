import { parseJson } from '@topic-credentials/project'
import { MalformedPolicyDocumentError } from '../errors.js'

/** Deep enough for any policy; a tower of brackets is refused before a recursive reader meets it. */
const deepest = 16

/** JSON as IAM takes it: the standard's, and no key twice in one object (`JSON.parse` would silently keep the last). */
export function readJson(text: string): unknown {
  const value = parseJson(text, () => new MalformedPolicyDocumentError('This policy contains invalid Json'))
  checkKeys(text)
  return value
}

/** Runs over text that is known to be JSON. */
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
      // Keys may be written with escapes; few are.
      const key: string = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
      const keys = open.at(-1)
      if (keys?.has(key)) throw new MalformedPolicyDocumentError('Syntax errors in policy.', key)
      keys?.add(key)
    }
    if (open.length > deepest) throw new MalformedPolicyDocumentError('Syntax errors in policy.')
  }
}
