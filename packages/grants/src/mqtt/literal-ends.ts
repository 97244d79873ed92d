import { coversFilter } from './matching.js'

/** The text before the first wildcard and after the last one; for a filter without wildcards, both are the filter. */
export function literalEnds(filter: string): { readonly start: string; readonly end: string } {
  const first = filter.search(/[+#]/u)
  if (first < 0) return { start: filter, end: filter }
  const last = Math.max(filter.lastIndexOf('+'), filter.lastIndexOf('#'))
  return { start: filter.slice(0, first), end: filter.slice(last + 1) }
}

/** `coversFilter` for many pairs: most pairs differ at one end, which is cheap to compare. */
export function coversFilterFast(outer: string, inner: string): boolean {
  const { start, end } = literalEnds(outer)
  return inner.startsWith(start) && inner.endsWith(end) && coversFilter(outer, inner)
}
