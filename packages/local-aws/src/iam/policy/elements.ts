import { isRecord } from '@topic-credentials/project'
import { MalformedPolicyDocumentError as Malformed } from '../errors.js'
import type { PolicyKind, PrincipalElement, PrincipalType } from './document.js'

/** `*` or `service:Action` with wildcards in the action; a trust policy only contains STS actions. */
export function checkAction(action: string, kind: PolicyKind): void {
  if (action !== '*') {
    const [vendor = '', name, ...more] = action.split(':')
    if (name === undefined) {
      throw new Malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.', action)
    }
    if (more.length > 0) throw new Malformed('Actions/Condition can contain only one colon.', action)
    if (!/^[A-Za-z0-9.-]+$/u.test(vendor)) throw new Malformed(`Vendor ${vendor} is not valid`, action)
    if (!/^[A-Za-z0-9*?_]+$/u.test(name)) throw new Malformed('Syntax errors in policy.', action)
  }
  if (kind === 'trust' && !/^sts:/iu.test(action)) {
    throw new Malformed('AssumeRole policy may only specify STS AssumeRole actions.', action)
  }
}

/** `*` or an ARN of six parts with a known partition and a service without wildcards. */
export function checkResource(resource: string): void {
  if (resource === '*') return
  const [arn, partition = '', service = '', ...rest] = splitOutsideVariables(resource)
  if (arn !== 'arn') throw new Malformed(`Resource ${resource} must be in ARN format or "*".`, resource)
  if (!/^(aws|aws-cn|aws-us-gov|aws-iso(-[a-z])?|aws-eusc|\*)$/u.test(partition)) {
    throw new Malformed(`Partition "${partition}" is not valid for resource "${resource}".`, resource)
  }
  if (!/^[A-Za-z0-9-]+$/u.test(service)) {
    throw new Malformed('Resource vendor must be fully qualified and cannot contain regexes.', resource)
  }
  // A part that ends in `*` may replace the following ones (arn:aws:iot:*).
  if (rest.length < 3 && !rest.some((part) => part.endsWith('*'))) {
    throw new Malformed('The policy failed legacy parsing', resource)
  }
}

/** Colons inside `${aws:userid}` are not separators. */
function splitOutsideVariables(arn: string): string[] {
  return arn.replaceAll(/\$\{[^}]*\}/gu, '$').split(':')
}

const principalTypes: ReadonlySet<string> = new Set<PrincipalType>(['AWS', 'Service', 'Federated', 'CanonicalUser'])

/** `"*"`, or lists by type. An account number means its root ARN, and is expanded. */
export function readPrincipal(source: unknown): PrincipalElement {
  if (source === '*') return { AWS: ['*'] }
  if (!isRecord(source)) {
    throw new Malformed('Syntax errors in policy.', source)
  }
  const entries = Object.entries(source).map(([type, value]: [string, unknown]) => {
    if (!principalTypes.has(type)) throw new Malformed('Syntax errors in policy.', type)
    const list: unknown[] = Array.isArray(value) ? value : [value]
    return [type, list.map((name) => readPrincipalName(type as PrincipalType, name))] as const
  })
  if (entries.length === 0 || entries.some(([, names]) => names.length === 0)) {
    throw new Malformed('Invalid principal in policy', source)
  }
  return Object.fromEntries(entries)
}

function readPrincipalName(type: PrincipalType, name: unknown): string {
  const invalid = () => new Malformed(`Invalid principal in policy: "${type}":${JSON.stringify(name)}`, name)
  if (typeof name !== 'string' || name === '') throw invalid()
  if (type === 'Service' && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/u.test(name)) throw invalid()
  if (type !== 'AWS' || name === '*') return name
  if (/^\d{12}$/u.test(name)) return `arn:aws:iam::${name}:root`
  // Names have no wildcards: a principal is a single one or everyone. IAM writes unique IDs for deleted principals.
  const arn =
    /^arn:aws(-[a-z-]+)?:(iam::\d{12}:(root|(user|role)\/[\x21-\x7e]+)|sts::\d{12}:(assumed-role|federated-user)\/[\x21-\x7e]+)$/u
  if (/[*?]/u.test(name) || !(arn.test(name) || /^A(IDA|ROA)[A-Z0-9]{12,}$/u.test(name))) throw invalid()
  return name
}
