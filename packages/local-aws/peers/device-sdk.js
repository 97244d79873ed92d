import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { startBridge } from '../dist/iot/testing/bridge.js'
import { createTlsMaterial } from '../dist/tls.js'
import { judged } from './paho.js'
import { startPeersAccount } from './stand-in.js'

const require = createRequire(import.meta.url)
const jest = here('../../../node_modules/jest/bin/jest.js')
/** The suite's fixed port for MQTT with TLS and a client certificate. */
const tlsPort = 8883
/** The port for which the browser build signs, whatever port it is given. */
const browserPort = 443

function here(file) {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** The folder of the installed aws-crt. */
const installed = join(dirname(createRequire(require.resolve('aws-iot-device-sdk-v2')).resolve('aws-crt')), '..')

/** The device SDK's own tests of its MQTT 5 clients, native and for browsers (run in Node.js), with the installed aws-crt. */
export async function runDeviceSdk(folder, say) {
  const work = mkdtempSync(join(tmpdir(), 'peers-'))
  try {
    const native = await runNative(folder, say, work)
    return [...native, ...(await runBrowser(folder, say, work))]
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** For tests that use a client certificate, the bridge signs. */
async function runNative(folder, say, work) {
  const { account, identity } = await startPeersAccount()
  const suite = 'device SDK, native'
  const tls = await createTlsMaterial()
  const ca = join(work, 'bridge-ca.pem')
  writeFileSync(ca, tls.ca)
  const plain = await startBridge(account, { identity })
  const secured = await startBridge(account, { identity, port: tlsPort, tls })
  try {
    const results = await runSpec(folder, 'native', suite, work, say, {
      AWS_TEST_MQTT5_DIRECT_MQTT_HOST: 'localhost',
      AWS_TEST_MQTT5_DIRECT_MQTT_PORT: plain.port,
      AWS_TEST_MQTT5_IOT_CORE_HOST: 'localhost',
      AWS_TEST_MQTT5_IOT_CORE_RSA_CERT: 'none',
      AWS_TEST_MQTT5_IOT_CORE_RSA_KEY: 'none',
      PEERS_CA: ca,
      PEERS_CRT: installed,
    })
    return [...results, judged(suite, { violations: [...plain.violations, ...secured.violations] })]
  } finally {
    await plain[Symbol.asyncDispose]()
    await secured[Symbol.asyncDispose]()
    await account[Symbol.asyncDispose]()
  }
}

/** Tests that sign themselves, with their own Region. */
async function runBrowser(folder, say, work) {
  const { account, identity } = await startPeersAccount({ region: 'us-east-1' })
  const forward = createServer((socket) => {
    const onward = connect(account.iot.port, 'localhost')
    for (const one of [socket, onward]) one.on('error', () => undefined)
    socket.pipe(onward).pipe(socket)
  })
  forward.listen(browserPort, '127.0.0.1')
  try {
    await once(forward, 'listening')
  } catch (error) {
    await account[Symbol.asyncDispose]()
    say(`The browser build is skipped: it only signs for port ${browserPort}, which is not available (${error.code}).`)
    return []
  }
  const ca = join(work, 'stand-in-ca.pem')
  writeFileSync(ca, account.ca)
  try {
    return await runSpec(folder, 'browser', 'device SDK, browser build', work, say, {
      AWS_TEST_MQTT5_IOT_CORE_HOST: 'localhost',
      // Some tests check that there is a certificate, which none of them reads.
      AWS_TEST_MQTT5_IOT_CORE_RSA_CERT: 'none',
      AWS_TEST_MQTT5_IOT_CORE_RSA_KEY: 'none',
      AWS_TEST_MQTT5_ROLE_CREDENTIAL_ACCESS_KEY: identity.accessKeyId,
      AWS_TEST_MQTT5_ROLE_CREDENTIAL_SECRET_ACCESS_KEY: identity.secretAccessKey,
      AWS_TEST_MQTT5_ROLE_CREDENTIAL_SESSION_TOKEN: identity.sessionToken,
      NODE_EXTRA_CA_CERTS: ca,
    })
  } finally {
    forward.close()
    await account[Symbol.asyncDispose]()
  }
}

/** @param kind `native` or `browser` */
async function runSpec(folder, kind, suite, work, say, env) {
  const rootDir = join(work, kind)
  await bundle(folder, kind, join(rootDir, 'mqtt5.spec.js'))
  const report = join(work, `${kind}.json`)
  const shims = here('device-sdk-shims.cjs')
  const config = {
    rootDir,
    testMatch: ['**/*.spec.js'],
    setupFiles: kind === 'native' ? [here('device-sdk-setup.cjs')] : [],
    transform: {},
    globals: kind === 'browser' ? { window: {} } : {},
    moduleNameMapper: { '^(?:uuid|https-proxy-agent)$': shims },
  }
  const child = spawn(
    process.execPath,
    [jest, '--config', JSON.stringify(config), '--runInBand', '--forceExit', '--json', '--outputFile', report],
    { stdio: 'ignore', env: { ...process.env, ...env } },
  )
  await once(child, 'exit')
  if (!existsSync(report)) throw new Error(`${suite}: the tests ended without a report.`)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const ran = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'pending')
  if (ran.length === 0) throw new Error(`${suite}: no test ran: ${testResults[0]?.message ?? ''}`)
  return ran.map(({ title, status, failureMessages }) => {
    const detail = String(failureMessages[0] ?? '').split('\n')[0]
    say(`${suite}: ${title} ${status === 'passed' ? 'passes' : `fails: ${detail}`}`)
    return { suite, test: title, passed: status === 'passed', detail }
  })
}

/** The suite as one JavaScript file. Its imports of aws-crt's sources are replaced by the installed package, which is under test. */
async function bundle(folder, kind, outfile) {
  const sources = join(resolve(folder), 'lib')
  const compiled = (module) => join(installed, module.startsWith('browser') ? 'dist.browser' : 'dist', `${module}.js`)
  const external = (path) => ({ path, external: true })
  const fromInstalled = {
    name: 'aws-crt',
    setup({ onResolve }) {
      // biome-ignore lint/style/useUnicodeRegex: esbuild passes filters to Go, whose expressions have no such flag.
      onResolve({ filter: /./ }, ({ path, resolveDir }) => {
        if (path.startsWith('@test/')) return { path: join(resolve(folder), 'test', `${path.slice(6)}.ts`) }
        if (path === '@awscrt') return external(compiled(kind === 'browser' ? 'browser' : 'index'))
        if (path.startsWith('@awscrt/')) return external(compiled(`${kind}/${path.slice(8)}`))
        if (path === 'uuid' || path === 'https-proxy-agent') return { path, external: true }
        if (/^@(?:httptoolkit|aws-sdk)\//u.test(path)) return external(createRequire(compiled('index')).resolve(path))
        const file = resolve(resolveDir, path)
        if (!path.startsWith('.') || !file.startsWith(`${sources}/`)) return undefined
        return external(compiled(file.slice(sources.length + 1)))
      })
    },
  }
  await build({
    entryPoints: [join(sources, kind, 'mqtt5.spec.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    tsconfigRaw: {},
    plugins: [fromInstalled],
  })
}
