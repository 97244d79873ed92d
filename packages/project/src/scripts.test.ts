import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { checkout } from './testing/page-commands.js'

const folder = join(checkout, 'scripts')
const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))

/** The relative modules that a script imports and that do not exist. */
function missing(file: string): readonly string[] {
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)[ (]'(\.[^']+)'/gu)
  return [...imports].map(([, name = '']) => resolve(dirname(file), name)).filter((path) => !existsSync(path))
}

interface Mutation {
  readonly name: string
  readonly file: string
  readonly from: string
}

describe('the scripts of the repository', () => {
  it.each(scripts)('%s imports existing modules', (name) => {
    expect(missing(join(folder, name))).toEqual([])
  })

  it('are found with their imports', () => {
    expect(scripts).toContain('prove.js')
    expect(readFileSync(join(folder, 'prove.js'), 'utf8')).toMatch(/import\('\.\.\/packages\/grants\//u)
  })

  it('mutate code of the grants package that exists', () => {
    const grants = join(checkout, 'packages/grants')
    const mutations: readonly Mutation[] = JSON.parse(readFileSync(join(grants, 'mutation/mutations.json'), 'utf8'))
    const outdated = mutations.filter(
      ({ file, from }) => !readFileSync(join(grants, 'dist', file), 'utf8').includes(from),
    )
    expect(mutations.length).toBeGreaterThan(20)
    expect(outdated.map(({ name }) => name)).toEqual([])
  })
})
