import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile, type OutputFile } from 'esbuild'
import type { Bench, Findings } from '../bench.js'
import { figure } from '../measure/summary.js'

const targetBytes = 18_000
/** Replaces two Node.js modules that the device SDK's browser build imports. */
const emptyModule = fileURLToPath(new URL('./empty-module.js', import.meta.url))
const peersFolder = fileURLToPath(new URL('../../peers', import.meta.url))
const clientFolder = fileURLToPath(new URL('../../../packages/client', import.meta.url))

interface Contestant {
  readonly what: string
  /** The import in an application. */
  readonly code: string
  /** Whether it imports Node.js modules that it never calls in a browser. */
  readonly stubs?: boolean
}

const contestants: readonly Contestant[] = [
  { what: 'ours', code: "export { connect, fromVendor } from '@topic-credentials/client'" },
  { what: 'socket.io-client', code: "export { io } from 'socket.io-client'" },
  { what: '@supabase/realtime-js', code: "export { RealtimeClient } from '@supabase/realtime-js'" },
  { what: 'pusher-js', code: "export { default } from 'pusher-js'" },
  { what: 'centrifuge', code: "export { Centrifuge } from 'centrifuge'" },
  { what: 'ably', code: "export { Realtime } from 'ably'" },
  { what: 'mqtt (MQTT.js)', code: "export { default } from 'mqtt'" },
  {
    what: 'aws-iot-device-sdk-v2',
    code: "import { mqtt5, iot, auth } from 'aws-iot-device-sdk-v2'\nexport const used = [mqtt5.Mqtt5Client, iot, auth]",
    stubs: true,
  },
]

/** The size that a page has to load. */
export const size: Bench = {
  name: 'size',
  summary: 'What a page has to load, bundled, minified and gzipped, compared with the clients of other services',
  run,
}

interface Size {
  readonly what: string
  readonly minified: number
  readonly gzipped: number
  /** What is loaded only when it is needed first, gzipped. */
  readonly onDemand: number
}

async function run(say: (line: string) => void): Promise<Findings> {
  installPeers(say)
  const shipped = shippedSize()
  const sizes: Size[] = []
  for (const contestant of contestants) {
    sizes.push(await sizeOf(contestant))
    say(`${contestant.what}: ${figure((sizes.at(-1)?.gzipped ?? 0) / 1000)} kB`)
  }
  const ours = sizes[0]?.gzipped ?? 0
  return {
    tables: [
      {
        title: 'What a page has to load, in kB (1,000 bytes)',
        columns: ['client', 'minified', 'gzipped', '÷ ours', 'on demand, gzipped'],
        rows: [...sizes, shipped].map(({ what, minified, gzipped, onDemand }) => [
          what,
          figure(minified / 1000),
          figure(gzipped / 1000),
          figure(gzipped / ours),
          onDemand === 0 ? '' : figure(onDemand / 1000),
        ]),
      },
    ],
    pictures: [
      {
        name: 'size-gzipped',
        title: 'What a page has to load, gzipped',
        spec: {
          width: 420,
          data: { values: sizes.map(({ what, gzipped }) => ({ what, kB: gzipped / 1000 })) },
          mark: 'bar',
          encoding: {
            y: { field: 'what', type: 'nominal', title: null, sort: 'x' },
            x: { field: 'kB', type: 'quantitative', title: 'kB' },
          },
        },
      },
    ],
    targets: [
      {
        what: 'Size of dist/browser.js, gzipped',
        target: `at most ${figure(targetBytes / 1000)} kB`,
        measured: `${figure(shipped.gzipped / 1000)} kB`,
        met: shipped.gzipped <= targetBytes,
        why: 'see ADR 30',
      },
    ],
    method: methodText,
  }
}

/** Installs the peers once from their own lock file: only this benchmark needs them. */
function installPeers(say: (line: string) => void): void {
  if (existsSync(`${peersFolder}/node_modules/.package-lock.json`)) return
  say('installing the peers (once)')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--prefix', peersFolder], {
    stdio: 'ignore',
  })
}

/** The files that a page loads without a bundler: `browser.js` at once, the others when they are needed first. */
function shippedSize(): Size {
  execFileSync(process.execPath, ['scripts/bundle-browser.js'], { cwd: clientFolder })
  const dist = `${clientFolder}/dist`
  const later = readdirSync(dist).filter((name) => /^browser-.*\.js$/u.test(name))
  const bytes = (name: string) => readFileSync(`${dist}/${name}`)
  const gzipped = (name: string) => gzipSync(bytes(name), { level: 9 }).length
  return {
    what: 'ours, dist/browser.js',
    minified: bytes('browser.js').length,
    gzipped: gzipped('browser.js'),
    onDemand: later.reduce((sum, name) => sum + gzipped(name), 0),
  }
}

async function sizeOf({ what, code, stubs = false }: Contestant): Promise<Size> {
  const resolveDir = what === 'ours' ? fileURLToPath(new URL('../..', import.meta.url)) : peersFolder
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir },
    bundle: true,
    minify: true,
    splitting: true,
    outdir: '/page',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    absWorkingDir: '/',
    logLevel: 'silent',
    alias: stubs ? { util: emptyModule, crypto: emptyModule } : {},
  })
  const first = loadedFirst(metafile)
  const [initial, later] = [true, false].map((wanted) =>
    outputFiles.filter(({ path }) => first.has(path.replace(/^\//u, '')) === wanted),
  )
  const gzipped = (files: readonly OutputFile[] = []) =>
    files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
  const minified = (initial ?? []).reduce((sum, { contents }) => sum + contents.length, 0)
  return { what, minified, gzipped: gzipped(initial), onDemand: gzipped(later) }
}

/** The files that the entry loads at once: itself, and what it imports statically. */
function loadedFirst({ outputs }: Metafile): ReadonlySet<string> {
  const first = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === '<stdin>'))
  // The files of an import are added while this runs.
  for (const path of first) {
    for (const { kind, path: imported } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement') first.add(imported)
  }
  return first
}

const methodText = `Each client is bundled as in an application that only connects and receives: esbuild, \`--bundle --minify
--format=esm --platform=browser --target=es2022\`, then gzip at level 9, with \`--splitting\`:
the code of dynamic imports is counted separately, the rest is needed by the first call. \`dist/browser.js\` is for pages without a bundler: the
same code, minified by esbuild and terser, with its parts as whole files. The device SDK's browser build does not bundle without changes; \`util\`
and \`crypto\` of Node.js are replaced by an empty module. hotsock-js, the smallest we know (4.0 kB), is not in a registry and so not in the
table. With the other services, a server does what our client does in the page: signing, explaining grants, renewing credentials.`
