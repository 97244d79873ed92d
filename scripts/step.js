import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root folder of this checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url))

// The pinned AWS SDK works on Node 20. Its warning, nine lines about later releases, does not concern the reader of a command's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** Runs one step with its output on stderr. If it fails, the process ends with the step's exit code. */
export function step(title, command, args, { env = {}, interactive = false } = {}) {
  process.stderr.write(`— ${title}\n`)
  const began = performance.now()
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: interactive ? 'inherit' : ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (error !== undefined) process.stderr.write(`${title} could not be started: ${error.message}\n`)
  if (status !== 0) {
    process.stderr.write(`${title} failed (${command} ${args.join(' ')})\n`)
    process.exit(status ?? 1)
  }
  process.stderr.write(`  ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
}

/** The words of the command line that select tests. Test files are compiled: a path of a source selects the file in dist. */
export const selected = process.argv
  .slice(2)
  .filter((word) => word !== '--')
  .map((word) => word.replace('/src/', '/dist/'))

/** Runs the compiled tests with Jest. */
export function jest(title, words, options) {
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  step(title, process.execPath, [...node, 'node_modules/jest/bin/jest.js', ...words], options)
}

/** Runs the CDK's command line, and exits with its exit code. */
export function runCdk(words, environment = process.env) {
  const bin = join(root, 'node_modules/.bin')
  const { status } = spawnSync(join(bin, 'cdk'), words, {
    cwd: root,
    // cdk.json calls tsc by name, so the folder of binaries must be in PATH, as in a pnpm script.
    env: { ...environment, PATH: bin + delimiter + process.env.PATH },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  process.exit(status ?? 1)
}
