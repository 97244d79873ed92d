import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, step } from './step.js'

const node = process.execPath
/** The assembly of the stack whose callers have tokens of the stand-in's issuer, as the client's command line expects it, and its settings. */
const tokensAssembly = '.local-aws/cdk.out.tokens'
const localTokens = { jwtIssuer: 'https://localhost:8450', jwtAudience: 'local' }
/** The packages that the template depends on, besides infra. */
const shippedPackages = ['access', 'cdk', 'credential-vendor', 'deploy-check', 'grants']

/**
 * Prepares a machine that only has Node.js and npm: installs, compiles and synthesizes everything that is not up to date.
 *
 * @param product omit the packages that only tests need
 * @param tokens synthesize the stack for callers with tokens of the stand-in's own issuer
 */
export async function setUp({ product = false, tokens = false } = {}) {
  requireNode()
  install({ product })
  build()
  await synth({ tokens })
}

/**
 * Installs the packages in pnpm-lock.yaml, with the pnpm that package.json pins. pnpm runs through npx, because a machine can have only Node.js and
 * npm. `pmOnFail: ignore` in pnpm-workspace.yaml stops pnpm 12 from installing itself again, which fails on registries that lack one of its
 * platform packages. `hoist: false` makes undeclared imports fail, and no package's install scripts run.
 *
 * @param product omit the packages that only tests, the compiler, the linter and the CDK's command line need
 */
export function install({ product = false } = {}) {
  const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((file) => readFileSync(join(root, file)))
  const wanted = createHash('sha256').update(Buffer.concat(inputs)).digest('hex')
  const stamps = ['installed', 'installed-product'].map((name) => join(root, 'node_modules/.topic-credentials', name))
  const enough = product ? stamps : stamps.slice(0, 1)
  if (enough.some((stamp) => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted)) return
  const { packageManager } = JSON.parse(inputs[0].toString())
  // `npm start` must not remove the test packages from a developer's installation.
  const productAlone = product && (existsSync(stamps[1]) || !existsSync(join(root, 'node_modules/.modules.yaml')))
  step('Installing dependencies (about a minute, once)', 'npx', [
    '--yes',
    '--loglevel=error',
    packageManager,
    'install',
    '--frozen-lockfile',
    ...(productAlone ? ['--prod'] : []),
  ])
  if (!productAlone) rmSync(stamps[1], { force: true })
  write(stamps[productAlone ? 1 : 0], wanted)
}

/** Installs the tools of a folder that is not part of the workspace and has its own lock file. */
export function installTools(folder) {
  const [lock, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map((file) =>
    join(root, folder, file),
  )
  if (existsSync(installed) && sameVersions(lock, installed)) return
  step(`Installing the tools of ${folder} (once)`, 'npm', ['ci', '--no-fund', '--no-audit', '--prefix', folder])
}

/** Whether the installed versions are those of the lock file. Optional packages of other platforms are not installed. */
function sameVersions(lock, installed) {
  const [wanted, there] = [lock, installed].map((file) => JSON.parse(readFileSync(file, 'utf8')).packages)
  return Object.entries(wanted).every(
    ([name, { version, optional }]) =>
      name === '' || there[name]?.version === version || (optional && there[name] === undefined),
  )
}

/** Compiles if a source is newer than the last build. */
export function build() {
  const stamp = join(root, 'node_modules/.topic-credentials/built')
  const sources = [
    'packages',
    'infra',
    'bench',
    'consumers/src',
    'tsconfig.json',
    'tsconfig.base.json',
    'pnpm-lock.yaml',
  ]
  if (upToDate(stamp, sources, isSource)) return
  const began = new Date()
  const compiler = 'node_modules/typescript/bin/tsc'
  const compiles = existsSync(join(root, compiler)) ? [compiler, '-b'] : ['scripts/transpile.js']
  step('Compiling', node, compiles)
  step('Bundling the functions', node, ['packages/cdk/scripts/bundle-functions.js'])
  write(stamp, began.toISOString())
}

/** Whether a file or folder is not the output of a build. Otherwise the output of cdk.json's `build` would make the next command compile again. */
function isSource(name, folder) {
  return (
    name !== 'dist' && !name.endsWith('.tsbuildinfo') && join(folder, name) !== join(root, 'packages/cdk/functions')
  )
}

/** Removes the compiled files, so that tests of deleted source files do not run. */
export function clean() {
  for (const folder of [
    ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
    'infra',
    'bench',
    'consumers',
  ]) {
    rmSync(join(root, folder, 'dist'), { recursive: true, force: true })
    rmSync(join(root, folder, 'tsconfig.tsbuildinfo'), { force: true })
  }
  rmSync(join(root, 'node_modules/.topic-credentials/built'), { force: true })
}

/**
 * Synthesizes the stack to cdk.out if its inputs are newer: to a folder of this process first, because a running stand-in or a command in another
 * terminal may replace cdk.out at the same time.
 *
 * @param tokens to another folder, for callers with tokens of the stand-in's own issuer
 * @param validate also runs AWS's own template validation, which takes longer than everything else; the project's checks always run
 */
export async function synth({ validate = false, tokens = false } = {}) {
  const folder = tokens ? tokensAssembly : 'cdk.out'
  const inputs = [
    'infra/dist',
    'infra/entitlements.json',
    'cdk.json',
    ...shippedPackages.map((name) => `packages/${name}/dist`),
  ]
  const current = upToDate(join(root, folder, 'manifest.json'), inputs, (name) => !name.includes('.test.'))
  if (current && !validate) return
  const draft = join(root, '.local-aws', `synth-${process.pid}`)
  // A failing step ends the process.
  process.once('exit', () => rmSync(draft, { recursive: true, force: true }))
  const env = {
    CDK_OUTDIR: draft,
    ...(validate ? {} : { CDK_VALIDATION: 'false' }),
    ...(tokens ? { CDK_CONTEXT_JSON: JSON.stringify(localTokens) } : {}),
  }
  step(
    tokens ? 'Synthesizing the stack, for users with tokens' : 'Synthesizing the stack',
    node,
    ['infra/dist/bin/app.js'],
    { env },
  )
  const { replaceAssembly } = await import('../packages/project/dist/index.js')
  await replaceAssembly(join(root, folder), draft)
}

function upToDate(stamp, inputs, wanted) {
  return (
    existsSync(stamp) &&
    newest(
      inputs.map((input) => join(root, input)),
      wanted,
    ) <= statSync(stamp).mtimeMs
  )
}

function newest(paths, wanted) {
  let latest = 0
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) continue
    if (!stat.isDirectory()) {
      latest = Math.max(latest, stat.mtimeMs)
      continue
    }
    const names = readdirSync(path).filter((name) => name !== 'node_modules' && wanted(name, path))
    latest = Math.max(
      latest,
      newest(
        names.map((name) => join(path, name)),
        wanted,
      ),
    )
  }
  return latest
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`Node ${process.versions.node} is too old: this project requires Node 20.19 or newer.\n`)
  process.exit(1)
}
