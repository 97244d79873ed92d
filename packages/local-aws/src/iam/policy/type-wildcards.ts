/**
 * Whether a wildcard in place of IoT's resource type, before the first slash, matches. AWS: "You cannot use a wildcard in the portion of
 * the ARN that specifies the resource type"; but EC2 policies with such wildcards are in wide use. IAM's behaviour is uncertain: `match` treats
 * it like any other wildcard, `never` follows the documentation.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html ("Incorrect wildcard usage")
 */
export type TypeWildcards = 'match' | 'never'

/** Whether a pattern has a wildcard there. Only for IoT's ARNs: those of other services have no type, or an ID, before the first slash. */
export function isWildInType(pattern: string): boolean {
  const plain = pattern.replaceAll(/\$\{[*?$]\}/gu, '.')
  return /^arn:[^:]*:(?:iot|[^:]*[*?][^:]*):[^:]*:[^:]*:[^/]*[*?][^/]*\//u.test(plain)
}
