import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createTlsMaterial } from '../dist/tls.js'
import { startBridge } from './bridge.js'
import { judged } from './paho.js'
import { startPeersAccount } from './stand-in.js'

const require = createRequire(import.meta.url)
const jest = here('../../../node_modules/jest/bin/jest.js')
/** The suite's own for MQTT with TLS and a client certificate; it cannot be told another one. */
const tlsPort = 8883

function here(file) {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** The folder of the compiled aws-crt that is installed. */
const installed = dirname(createRequire(require.resolve('aws-iot-device-sdk-v2')).resolve('aws-crt'))

/** The device SDK's own tests of its MQTT 5 client, with the aws-crt that is installed. Where they have a client certificate, the bridge signs for them. */
export async function runDeviceSdk(folder, say) {
  const suite = 'device SDK, native'
  const work = mkdtempSync(join(tmpdir(), 'peers-'))
  const { account, identity } = await startPeersAccount()
  const tls = await createTlsMaterial()
  const plain = await startBridge(account, { identity })
  const secured = await startBridge(account, { identity, port: tlsPort, tls })
  try {
    writeFileSync(join(work, 'ca.pem'), tls.ca)
    await bundle(folder, join(work, 'mqtt5.spec.js'))
    const report = join(work, 'report.json')
    const config = {
      rootDir: work,
      testMatch: ['**/*.spec.js'],
      setupFiles: [here('device-sdk-setup.cjs')],
      transform: {},
    }
    const localhost = (name, port) => ({
      [`AWS_TEST_MQTT5_${name}_HOST`]: 'localhost',
      [`AWS_TEST_MQTT5_${name}_PORT`]: port,
    })
    const child = spawn(
      process.execPath,
      [jest, '--config', JSON.stringify(config), '--runInBand', '--forceExit', '--json', '--outputFile', report],
      {
        stdio: 'ignore',
        env: {
          ...process.env,
          ...localhost('DIRECT_MQTT', plain.port),
          AWS_TEST_MQTT5_IOT_CORE_HOST: 'localhost',
          AWS_TEST_MQTT5_IOT_CORE_RSA_CERT: 'none',
          AWS_TEST_MQTT5_IOT_CORE_RSA_KEY: 'none',
          PEERS_CA: join(work, 'ca.pem'),
          PEERS_CRT: installed,
        },
      },
    )
    await once(child, 'exit')
    if (!existsSync(report)) throw new Error('The device SDK’s tests ended without a report.')
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const results = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status !== 'pending')
      .map(({ title, status, failureMessages }) => {
        const detail = String(failureMessages[0] ?? '').split('\n')[0]
        say(`${suite}: ${title} ${status === 'passed' ? 'passes' : `fails: ${detail}`}`)
        return { suite, test: title, passed: status === 'passed', detail }
      })
    if (results.length === 0) throw new Error(`No test ran: ${testResults[0]?.message ?? ''}`)
    const violations = [...plain.violations, ...secured.violations]
    return [...results, judged(suite, { violations })]
  } finally {
    plain.close()
    secured.close()
    await account[Symbol.asyncDispose]()
    rmSync(work, { recursive: true })
  }
}

/** The suite as one file of JavaScript. What it imports of aws-crt's sources is taken from the package that is installed, which is what is tested. */
async function bundle(folder, outfile) {
  const sources = join(resolve(folder), 'lib')
  const fromInstalled = {
    name: 'aws-crt',
    setup({ onResolve }) {
      onResolve({ filter: /^@test\//u }, ({ path }) => ({ path: join(resolve(folder), 'test', `${path.slice(6)}.ts`) }))
      onResolve({ filter: /^@awscrt$/u }, () => ({ path: join(installed, 'index.js'), external: true }))
      onResolve({ filter: /^@awscrt\//u }, ({ path }) => ({
        path: join(installed, 'native', `${path.slice(8)}.js`),
        external: true,
      }))
      onResolve({ filter: /^uuid$/u }, () => ({ path: here('device-sdk-uuid.cjs'), external: true }))
      onResolve({ filter: /^(?:@httptoolkit|@aws-sdk)\//u }, ({ path }) => ({
        path: createRequire(join(installed, 'index.js')).resolve(path),
        external: true,
      }))
      onResolve({ filter: /^\.\.?\//u }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path)
        if (!file.startsWith(`${sources}/`)) return undefined
        const module = `${file.slice(sources.length + 1)}.js`
        // The suite's own server is built on parts of the browser's client.
        const build = module.startsWith('browser/') ? join(installed, '../dist.browser') : installed
        return { path: join(build, module), external: true }
      })
    },
  }
  await build({
    entryPoints: [join(sources, 'native/mqtt5.spec.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    tsconfigRaw: {},
    plugins: [fromInstalled],
  })
}
