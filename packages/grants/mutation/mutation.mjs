// Breaks the compiled package in one way at a time, runs its tests and reports which mutations the tests detect.
// Works on a copy of dist, so the package itself stays intact. Exit code 1 when a mutation survives.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const jest = createRequire(join(root, '../../package.json')).resolve('jest/package.json')
/** Each entry replaces one string of the compiled source with another. */
const mutations = JSON.parse(readFileSync(new URL('mutations.json', import.meta.url), 'utf8'))
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const chosen = mutations.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))

const copy = mkdtempSync(join(tmpdir(), 'grants-mutation-'))
try {
  for (const folder of ['dist', 'src']) cpSync(join(root, folder), join(copy, folder), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  cpSync(join(root, 'entitlements.schema.json'), join(copy, 'entitlements.schema.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const mutation of chosen) sourceOf(mutation)
  if (!testsPass()) throw new Error('The tests fail without any mutation; build first, and make them pass.')
  const survivors = chosen.filter((mutation) => {
    const survived = passesWith(mutation)
    process.stdout.write(`${survived ? 'SURVIVED' : 'killed  '}  ${mutation.name}  (${mutation.file})\n`)
    return survived
  })
  process.stdout.write(`${chosen.length - survivors.length} of ${chosen.length} mutations killed\n`)
  process.exitCode = survivors.length === 0 ? 0 : 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}

/** The compiled file that a mutation changes. It must contain the string to replace. */
function sourceOf({ name, file, from }) {
  const source = readFileSync(join(copy, 'dist', file), 'utf8')
  if (!source.includes(from)) throw new Error(`"${name}": ${file} does not contain ${from}`)
  return source
}

function passesWith(mutation) {
  const { file, from, to } = mutation
  const path = join(copy, 'dist', file)
  const source = sourceOf(mutation)
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  try {
    return testsPass()
  } finally {
    writeFileSync(path, source)
  }
}

/** The table tests run first, because they take a second and detect most mutations. The property tests follow. */
function testsPass() {
  const slow = '/(exactness|entitlements|refusal)'
  return passes('--testPathIgnorePatterns', slow) && passes('--testPathPatterns', slow)
}

function passes(...selection) {
  const config = JSON.stringify({ roots: ['<rootDir>/dist'], testMatch: ['**/*.test.js'], transform: {}, bail: 1 })
  const { status } = spawnSync(
    process.execPath,
    [join(dirname(jest), 'bin/jest.js'), '--rootDir', copy, '--config', config, ...selection],
    {
      cwd: copy,
      env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
      stdio: process.argv.includes('--verbose') ? 'inherit' : 'ignore',
    },
  )
  return status === 0
}
