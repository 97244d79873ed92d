import type { Grants } from '../grant-types.js'
import { denseForm } from '../policy/forms/dense-form.js'
import { plainForm } from '../policy/forms/plain-form.js'
import type { Scope } from '../policy/forms/statements.js'
import { renderPolicy } from '../policy/iam/policy-document.js'
import { grantsByAction } from '../policy/translation/action-grants.js'
import { chooseDenies } from '../policy/translation/chosen-denies.js'
import { requiredDenies } from '../policy/translation/required-denies.js'

/** Both ways to say the grants, whatever their length; undefined where IAM cannot say them, or where there is no dense form. */
export function documentsOf(grants: Grants, scope: Scope): { readonly plain?: string; readonly dense?: string } {
  const byAction = grantsByAction(grants)
  if ('inexpressible' in byAction) return {}
  const required = requiredDenies(byAction)
  if ('conflict' in required) return {}
  const plain = renderPolicy(plainForm(byAction, chooseDenies(required, byAction), scope))
  const dense = denseForm(byAction, scope)
  return dense ? { plain, dense: renderPolicy(dense) } : { plain }
}
