import type { Grants } from '../grants.js'
import { denialsFor, needsOf } from '../iam/denials.js'
import { denseForm } from '../iam/dense-form.js'
import type { Scope } from '../iam/form.js'
import { plainForm } from '../iam/plain-form.js'
import { renderPolicy } from '../iam/policy-document.js'
import { rightsOf } from '../iam/rights.js'

/** Both ways to say the grants, whatever their length; undefined where IAM cannot say them, or where there is no dense form. */
export function documentsOf(grants: Grants, scope: Scope): { readonly plain?: string; readonly dense?: string } {
  const rights = rightsOf(grants)
  if ('inexpressible' in rights) return {}
  const needs = needsOf(rights)
  if ('contradiction' in needs) return {}
  const plain = renderPolicy(plainForm(rights, denialsFor(needs, rights), scope))
  const dense = denseForm(rights, scope)
  return dense ? { plain, dense: renderPolicy(dense) } : { plain }
}
