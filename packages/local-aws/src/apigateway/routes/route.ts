/** A route of an HTTP API: `POST /users/{userId}/credentials`, `ANY /{proxy+}` or `$default`. */
export interface RouteKey {
  readonly text: string
  /** `POST`, `ANY`, … or undefined for `$default`. */
  readonly method: string | undefined
  /** The path as in the template; undefined for `$default`. */
  readonly path: string | undefined
}

/** A matching route, with the values of its path variables. */
export interface RouteMatch<R extends { readonly key: RouteKey }> {
  readonly route: R
  readonly pathParameters: Readonly<Record<string, string>>
}

/** Parses `METHOD /path` or `$default`; throws an error with the text for anything else. */
export function parseRouteKey(text: string): RouteKey {
  if (text === '$default') return { text, method: undefined, path: undefined }
  const found = /^(ANY|GET|HEAD|OPTIONS|PATCH|POST|PUT|DELETE) (\/\S*)$/u.exec(text)
  if (found === null) {
    throw new Error(`The route key '${text}' is not formed properly. Should be $default or 'METHOD /path'`)
  }
  return { text, method: found[1], path: found[2] }
}

/**
 * The most specific route of a request: a full match before one with path variables, that before a greedy `{name+}`, a method before `ANY`,
 * and `$default` last.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @param path percent-decoded; HTTP APIs match this form
 */
export function matchRoute<R extends { readonly key: RouteKey }>(
  routes: readonly R[],
  method: string,
  path: string,
): RouteMatch<R> | undefined {
  let best: (RouteMatch<R> & { rank: string }) | undefined
  for (const route of routes) {
    if (route.key.method !== undefined && route.key.method !== 'ANY' && route.key.method !== method) continue
    const fit = fitPath(route.key, path)
    if (fit === undefined) continue
    const rank = fit.rank + (route.key.method === 'ANY' ? '1' : '0')
    if (best === undefined || rank < best.rank) best = { route, pathParameters: fit.values, rank }
  }
  return best
}

/** Ranks sort as strings, segment by segment: `0` a literal, `1` a variable, `2` a greedy variable, `3` `$default`. */
function fitPath({ path }: RouteKey, requested: string): { rank: string; values: Record<string, string> } | undefined {
  if (path === undefined) return { rank: '3', values: {} }
  const [wanted, given] = [path.split('/'), requested.split('/')]
  const values: Record<string, string> = Object.create(null)
  let rank = ''
  for (const [index, segment] of wanted.entries()) {
    const [, name, greedy] = /^\{([^+}]+)(\+?)\}$/u.exec(segment) ?? []
    const value = given[index]
    if (value === undefined) return undefined
    if (name === undefined) {
      if (segment !== value) return undefined
      rank += '0'
    } else if (greedy === '+') {
      return { rank: `${rank}2`, values: { ...values, [name]: given.slice(index).join('/') } }
    } else {
      // A path variable matches exactly one non-empty segment.
      if (value === '') return undefined
      values[name] = value
      rank += '1'
    }
  }
  return given.length === wanted.length ? { rank, values: { ...values } } : undefined
}
