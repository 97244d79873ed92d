import type { Grants } from '../grant-types.js'
import { forms } from '../policy/compile.js'
import { grantsByAction } from '../policy/translation/action-grants.js'
import { chooseDenies } from '../policy/translation/chosen-denies.js'
import { requiredDenies } from '../policy/translation/required-denies.js'
import type { PolicyForm } from '../policy-form.js'
import { clientIdPrefix } from '../user-id.js'
import { location } from './role.js'

/** Every form of the grants, of any length; none if IAM cannot express them. There is not always a dense form. */
export function documentsOf(grants: Grants, userId: string): Readonly<Partial<Record<PolicyForm, string>>> {
  const byAction = grantsByAction(grants)
  if ('inexpressible' in byAction) return {}
  const required = requiredDenies(byAction)
  if ('conflict' in required) return {}
  const scope = { ...location, clientIdPrefix: clientIdPrefix(userId), dense: true }
  const written = [...forms(byAction, chooseDenies(required, byAction), scope)]
  return Object.fromEntries(written.map(({ form, document }) => [form, document]))
}
