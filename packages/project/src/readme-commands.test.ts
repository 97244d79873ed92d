import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> }
const commands = readme.matchAll(/\bnpm (?:run ([a-z:]*[a-z])|(start|test)\b)/gu)
const named = [...new Set([...commands].map(([, script, short]) => script ?? short ?? ''))]

/** Every command of the README is a script that npm runs by itself. */
describe('the commands of the README', () => {
  it.each(named)('npm run %s is a script that Node.js runs', (name) => {
    expect(scripts[name]).toMatch(/^(?:node scripts\/[\w/-]+\.js|tsc -b)/u)
  })

  it('pnpm stands nowhere without the form of npm beside it', () => {
    const lines = readme.split('\n').filter((line) => line.includes('pnpm '))
    for (const line of lines) expect(line).toMatch(/npm (?:run|start)/u)
  })

  it.each(['revoke', 'access', 'check'])('npm run %s -- --help runs', (name) => {
    const { status, stdout } = spawnSync('npm', ['run', name, '--', '--help'], { cwd: root, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Usage') })
  })
})
