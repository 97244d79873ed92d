import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { App } from 'aws-cdk-lib'
import { settings } from './settings.js'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const rows = readme.match(/^\| `\w+`.*$/gmu) ?? []
const documented = rows.flatMap((row) =>
  [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/gu)].map(([, name]) => name ?? ''),
)

/** The names that the code reads: a context that records each lookup. */
function asked(): string[] {
  const { node } = new App()
  const names = new Set<string>()
  const recording = Object.create(node, {
    tryGetContext: {
      value: (name: string) => {
        names.add(name)
        return undefined
      },
    },
  })
  settings(recording)
  return [...names]
}

it('the README lists every setting, and no other', () => {
  expect(documented.toSorted()).toEqual(asked().toSorted())
})
