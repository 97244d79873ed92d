import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { nodes, root, tarballs, tool } from './testing/tools.js'

/** An expression with each package that needs no network. The programs also import all entries of all packages. */
const programs: Readonly<Record<string, string>> = {
  '@topic-credentials/grants':
    "covers(parseGrants({ subscribe: ['a/#'] }), parseGrants({ subscribe: ['a/b'] })).covered",
  '@topic-credentials/client': "typeof connect === 'function' && typeof fromVendor === 'function'",
  '@topic-credentials/local-aws': "assemblyIn(process.cwd()) !== undefined && typeof startLocalAws === 'function'",
  '@topic-credentials/revocation': "typeof Revoker === 'function'",
  '@topic-credentials/access': "userKey('alice') !== ''",
}
/** The names that an expression imports from its package. */
function names(expression: string): string {
  const known = /\b(?:covers|parseGrants|connect|fromVendor|assemblyIn|startLocalAws|Revoker|userKey)\b/gu
  return [...new Set(expression.match(known))].join(', ')
}

let registry: Registry
let consumer: Consumer
beforeAll(async () => {
  registry = await Registry.start(tarballs)
  consumer = new Consumer(registry)
  await consumer.install(...registry.names, '@types/node@20.19.43')
  const entries = Object.entries(programs)
  const checks = entries
    .map(([, expression]) => `if (!(${expression})) throw new Error(${JSON.stringify(expression)})\n`)
    .join('')
  const imports = entries.map(([name, expression]) => `import { ${names(expression)} } from '${name}'\n`)
  const requires = entries.map(([name, expression]) => `const { ${names(expression)} } = require('${name}')\n`)
  const every = (load: string) => `for (const name of ${JSON.stringify(registry.specifiers)}) {
  if (Object.keys(${load}(name)).length === 0) throw new Error(name)
}
console.log('works')
`
  consumer.write('app.mjs', `${imports.join('')}${checks}${every('await import')}`)
  consumer.write('app.cjs', `${requires.join('')}${checks}${every('require')}`)
  await consumer.standIn()
}, 300_000)
afterAll(async () => {
  await consumer[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

describe.each(nodes())('%s', (_name, node) => {
  it.each(['app.mjs', 'app.cjs'])('%s', async (file) => {
    const { stdout } = await consumer.expect(node, '--disable-warning=ExperimentalWarning', file)
    expect(stdout.trim()).toBe('works')
  })

  it.each([
    ['listen', ['--publish', 'hello', '--count', '1'], "Received message from topic 'test': hello"],
    ['whoami', [], 'developer'],
  ])('%s', async (command, words, sign) => {
    const program = 'node_modules/@topic-credentials/client/dist/cli/main.js'
    expect((await consumer.expect(node, program, command, ...words)).stdout).toContain(sign)
  })
})

describe('TypeScript, strict, with all declarations checked', () => {
  const compilers = [
    ['5.9', () => tool('typescript/bin/tsc')],
    ['7.0', () => join(root, 'node_modules/typescript/bin/tsc')],
  ] as const
  const source = `import { connect, fromVendor, type Session } from '@topic-credentials/client'
import { parseGrants } from '@topic-credentials/grants'
export async function main(url: string): Promise<string> {
  const session: Session = await connect({ credentials: fromVendor({ url }) })
  for await (const message of session.subscribe('users/a/#')) return message.topic
  return String(parseGrants({ publish: ['a'] }).publish[0])
}
// @ts-expect-error: a number is no URL
fromVendor({ url: 1 })
`
  const compile = (compiler: string, file: string, ...options: string[]) =>
    consumer.run(
      process.execPath,
      compiler,
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--lib',
      'es2023,dom,esnext.disposable',
      '--types',
      'node',
      '--skipLibCheck',
      'false',
      ...options,
      file,
    )

  beforeAll(() => {
    consumer.write('main.mts', source)
    consumer.write('main.cts', source)
  })

  describe.each(compilers)('%s', (_version, compiler) => {
    it.each([
      ['nodenext', ['--module', 'nodenext', '--moduleResolution', 'nodenext'], 'main.mts'],
      ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler'], 'main.mts'],
      // require() of ES modules, which Node 20.19 and later support.
      ['nodenext from a CommonJS source', ['--module', 'nodenext', '--moduleResolution', 'nodenext'], 'main.cts'],
    ])('%s', async (_resolution, options, file) => {
      const { code, stdout } = await compile(compiler(), file, ...options)
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    })

    it('node16 refuses a CommonJS source, because it does not support require() of ES modules', async () => {
      const options = ['--module', 'node16', '--moduleResolution', 'node16']
      expect(await compile(compiler(), 'main.mts', ...options)).toMatchObject({ code: 0 })
      expect(await compile(compiler(), 'main.cts', ...options)).toMatchObject({
        stdout: expect.stringContaining('TS1479'),
      })
    })
  })
})
