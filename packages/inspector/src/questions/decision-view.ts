import { type AccessRequest, explain } from '@topic-credentials/grants'
import { type KeptDecision, nameIn } from '../records/records.js'
import type { DecisionView, PolicyView } from '../records/shapes.js'
import type { Vend } from '../records/vends.js'

type Policies = NonNullable<KeptDecision['observed']>['policies']

/** A decision with the policies, the deciding statement, and the explanation by the grants. */
export function viewOf({ row, observed }: KeptDecision, vend: Vend | undefined): DecisionView {
  if (observed === undefined) return { ...row, principal: '', resource: '', policies: [] }
  const { principal, resource, action, policies } = observed
  const view = { ...row, principal, resource, policies: policyViews(policies, observed.policy, observed.statement) }
  return vend === undefined
    ? view
    : { ...view, grants: { ...vend.grants }, ...grantView(vend, action, nameIn(resource)) }
}

/** The policies of a session as documents; session policies first, because they are specific to the user. */
function policyViews(
  { identity, session = [], boundary = [] }: Policies,
  policy: string | undefined,
  statement: string | undefined,
): PolicyView[] {
  const all = [
    ...session.map((one) => ({ ...one, kind: 'session' as const })),
    ...identity.map((one) => ({ ...one, kind: 'identity' as const })),
    ...boundary.map((one) => ({ ...one, kind: 'boundary' as const })),
  ]
  return all.map(({ name, document, kind }) => {
    const { Statement = [] } = readDocument(document)
    const statements = [Statement].flat().map((each, index) => {
      const own = (each as { Sid?: string }).Sid ?? `#${index}`
      return { text: JSON.stringify(each, null, 2), decided: name === policy && own === statement }
    })
    return { name, kind, statements }
  })
}

function readDocument(document: unknown): { Statement?: unknown } {
  return typeof document === 'string' ? JSON.parse(document) : (document as { Statement?: unknown })
}

function grantView({ grants, userId }: Vend, action: string, name: string): Pick<DecisionView, 'grant'> {
  const request = requestFor(action, name)
  if (request === undefined) return {}
  const explained = explain(grants, { userId }, request)
  const { allowed, reason: sentence } = explained
  const text = (one: { readonly kind: string; readonly filter: string } | undefined) =>
    one && `${one.kind} ${one.filter}`
  if (allowed) return { grant: { allowed, sentence, grant: text(explained.grant) } }
  return { grant: { allowed, sentence, nearest: text(explained.nearest) } }
}

/** The request to the grants that corresponds to an action of IAM. */
export function requestFor(action: string, name: string): AccessRequest | undefined {
  switch (action) {
    case 'iot:Connect':
      return { action: 'connect', clientId: name }
    case 'iot:Publish':
      return { action: 'publish', topic: name }
    case 'iot:RetainPublish':
      return { action: 'publish', topic: name, retain: true }
    case 'iot:Subscribe':
      return { action: 'subscribe', filter: name }
    case 'iot:Receive':
      return { action: 'receive', topic: name }
    default:
      return undefined
  }
}
