import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { nodes, root, tarballs, tool } from './testing/tools.js'

/** What can be imported from each package, and something of it that works without a network. */
const programs: Readonly<Record<string, string>> = {
  '@topic-credentials/grants':
    "covers(parseGrants({ subscribe: ['a/#'] }), parseGrants({ subscribe: ['a/b'] })).covered",
  '@topic-credentials/client': "typeof connect === 'function' && typeof fromVendor === 'function'",
  '@topic-credentials/local-aws': "assemblyIn(process.cwd()) !== undefined && typeof startLocalAws === 'function'",
  '@topic-credentials/revocation': "typeof Revoker === 'function'",
  '@topic-credentials/access': "userKey('alice') !== ''",
}
/** What an expression takes from its package. */
function names(expression: string): string {
  const known = /\b(?:covers|parseGrants|connect|fromVendor|assemblyIn|startLocalAws|Revoker|userKey)\b/gu
  return [...new Set(expression.match(known))].join(', ')
}

let registry: Registry
let consumer: Consumer
beforeAll(async () => {
  registry = await Registry.start(tarballs)
  consumer = new Consumer(registry)
  await consumer.install(...Object.keys(programs), '@types/node@20.19.43')
  const entries = Object.entries(programs)
  const checks = entries
    .map(([, expression]) => `if (!(${expression})) throw new Error(${JSON.stringify(expression)})\n`)
    .join('')
  consumer.write(
    'app.mjs',
    `${entries.map(([name, expression]) => `import { ${names(expression)} } from '${name}'\n`).join('')}${checks}console.log('works')\n`,
  )
  consumer.write(
    'app.cjs',
    `${entries.map(([name, expression]) => `const { ${names(expression)} } = require('${name}')\n`).join('')}${checks}console.log('works')\n`,
  )
})
afterAll(async () => {
  await consumer[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

describe.each(nodes())('%s', (_name, node) => {
  it.each(['app.mjs', 'app.cjs'])('%s', async (file) => {
    const { stdout } = await consumer.expect(node, '--disable-warning=ExperimentalWarning', file)
    expect(stdout.trim()).toBe('works')
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
      // require() of ES modules, as Node 20.19 and later have it.
      ['nodenext from a CommonJS source', ['--module', 'nodenext', '--moduleResolution', 'nodenext'], 'main.cts'],
    ])('%s', async (_resolution, options, file) => {
      const { code, stdout } = await compile(compiler(), file, ...options)
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    })

    it('node16 from a CommonJS source is refused: it does not know require() of ES modules', async () => {
      const options = ['--module', 'node16', '--moduleResolution', 'node16']
      expect(await compile(compiler(), 'main.mts', ...options)).toMatchObject({ code: 0 })
      expect(await compile(compiler(), 'main.cts', ...options)).toMatchObject({
        stdout: expect.stringContaining('TS1479'),
      })
    })
  })
})
