/** A policy that differs from another one in one place. */
export interface Mutant {
  readonly policy: string
  /** The change. */
  readonly what: string
}

interface Statement {
  readonly Effect: string
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource: string | readonly string[]
}

/**
 * Every policy with one Resource, Action or statement removed, one Effect inverted, one Resource made narrower, or one Allow made
 * wider. A wider Deny can be equivalent, if it removes no granted name, so Denies are not widened.
 */
export function mutantsOf(policy: string): readonly Mutant[] {
  const document = JSON.parse(policy) as { readonly Statement: readonly Statement[] }
  const mutants: Mutant[] = []
  const add = (what: string, statements: readonly Statement[]) =>
    mutants.push({ what, policy: JSON.stringify({ ...document, Statement: statements }) })
  for (const [index, statement] of document.Statement.entries()) {
    const replaced = (changed: Statement) => document.Statement.with(index, changed)
    const name = `Statement[${index}]`
    add(`${name} left out`, document.Statement.toSpliced(index, 1))
    add(`${name} turned round`, replaced({ ...statement, Effect: statement.Effect === 'Allow' ? 'Deny' : 'Allow' }))
    for (const key of ['Action', 'NotAction', 'Resource'] as const) {
      const list = [statement[key] ?? []].flat()
      for (const [at, text] of list.entries()) {
        const change = (doing: string, changed: readonly string[]) =>
          add(`${name}.${key} ${doing} ${text}`, replaced({ ...statement, [key]: changed }))
        if (list.length > 1) change('without', list.toSpliced(at, 1))
        for (const other of changesOf(statement.Effect, key, text)) change(`with ${other} for`, list.with(at, other))
      }
    }
  }
  return mutants
}

function changesOf(effect: string, key: 'Action' | 'NotAction' | 'Resource', text: string): readonly string[] {
  const narrower = key === 'Resource' ? [`${text}x`] : []
  if (effect === 'Deny') return narrower
  const wider = key === 'Resource' ? text.replace(/[^/:}]\*?$/u, '*') : 'iot:*'
  return wider === text ? narrower : [...narrower, wider]
}
