import { expect, it } from '@jest/globals'
import { ContextLookup } from './context.js'

it('of two contexts the later one counts, whatever the spelling of the key and the kind of value', () => {
  const single = new ContextLookup(() => [{ 'aws:X': ['a', 'b'] }, { 'AWS:x': 'c' }])
  expect(single.values('aws:x')).toEqual(['c'])
  expect(single.variable('aws:x')).toBe('c')
  const several = new ContextLookup(() => [{ 'AWS:x': 'c' }, { 'aws:X': ['a', 'b'] }])
  expect(several.values('aws:x')).toEqual(['a', 'b'])
  expect(several.variable('aws:x')).toBeUndefined()
})

it('is read once, and only when something is looked up', () => {
  let reads = 0
  const lookup = new ContextLookup(() => {
    reads++
    return [{ 'k:number': 7, 'k:boolean': false, 'k:absent': undefined, 'k:empty': [] }]
  })
  expect(reads).toBe(0)
  expect(lookup.variable('k:number')).toBe('7')
  expect(lookup.values('k:boolean')).toEqual(['false'])
  expect(lookup.values('k:absent')).toBeUndefined()
  expect(lookup.values('k:empty')).toBeUndefined()
  expect(reads).toBe(1)
})
