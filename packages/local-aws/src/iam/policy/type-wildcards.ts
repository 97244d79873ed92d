/**
 * Whether a wildcard in the place of IoT's resource type, before the first slash, matches. AWS: "You cannot use a wildcard in the portion of
 * the ARN that specifies the resource type"; policies of EC2 that have one are in wide use all the same. What IAM does is uncertain:
 * `match` takes it as any other wildcard, `never` takes the page by its word.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html ("Incorrect wildcard usage")
 */
export type TypeWildcards = 'match' | 'never'

/** Does a pattern have a wildcard there? Only IoT's ARNs are looked at: other services' have no type, or an ID, before the first slash. */
export function isWildInType(pattern: string): boolean {
  const plain = pattern.replaceAll(/\$\{[*?$]\}/gu, '.')
  return /^arn:[^:]*:(?:iot|[^:]*[*?][^:]*):[^:]*:[^:]*:[^/]*[*?][^/]*\//u.test(plain)
}
