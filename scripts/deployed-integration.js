// The commands of the integration job in CI: deploy a stack, run the integration suite against it, destroy it.
//
//   node scripts/deployed-integration.js             against the account of the credentials in the environment
//   node scripts/deployed-integration.js --local     against its own stand-in
//   node scripts/deployed-integration.js deploy | test | destroy     one of the three
//
// CDK_CONTEXT contains further CDK arguments: `-c roleName=topic-credentials-integration`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from './step.js'

const bin = join(root, 'node_modules/.bin')
const words = process.argv.slice(2)
const local = words.includes('--local')
const chosen = words.filter((word) => word !== '--local')
const context = (process.env.CDK_CONTEXT ?? '').split(' ').filter((word) => word !== '')
const folder = local ? mkdtempSync(join(tmpdir(), 'deployed-')) : root
const outputs = join(folder, 'cdk-outputs.json')

const commands = {
  deploy: () => cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs),
  test: () => run(process.execPath, ['scripts/integration.js'], { TOPIC_CREDENTIALS_OUTPUTS: outputs }),
  destroy: () => cdk('destroy', '--force'),
}

/** The environment of every command; it selects the account. */
let environment = process.env
const standIn = local ? await startStandIn() : undefined
try {
  process.exitCode = runAll(chosen.length > 0 ? chosen : Object.keys(commands))
} finally {
  await standIn?.close()
  if (local) rmSync(folder, { recursive: true, force: true })
}

/** The stack is destroyed whatever the outcome of the other commands. */
function runAll(names) {
  let worst = 0
  for (const name of names) {
    if (worst !== 0 && name !== 'destroy') continue
    if (commands[name] === undefined) {
      throw new Error(`Unknown command '${name}'. Use one of: ${Object.keys(commands).join(', ')}`)
    }
    const status = commands[name]()
    worst ||= status
  }
  return worst
}

function cdk(command, ...options) {
  // An existing cloud assembly is deployed as it is; otherwise the CDK synthesizes one, as configured in cdk.json.
  const app = local && context.length === 0 ? ['--app', 'cdk.out'] : []
  return run(join(bin, 'cdk'), [command, ...options, ...app, ...context])
}

function run(command, args, more = {}) {
  process.stderr.write(`— ${[command.replace(`${bin}/`, ''), ...args].join(' ')}\n`)
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: { CDK_DISABLE_VERSION_CHECK: '1', ...environment, ...more, PATH: bin + delimiter + process.env.PATH },
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (error !== undefined) process.stderr.write(`${error.message}\n`)
  return status ?? 1
}

/** Runs in a separate process, because this one waits synchronously for the commands. */
async function startStandIn() {
  const { spawn } = await import('node:child_process')
  const { findRunning } = await import('../packages/project/dist/index.js')
  const { toolEnvironment } = await import('../packages/local-aws/dist/cli/tool-variables.js')
  const child = spawn(process.execPath, [join(root, 'packages/local-aws/dist/cli/main.js'), '--port', '0', '--json'], {
    cwd: folder,
    env: { ...process.env, INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => {
    let seen = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      seen += chunk
      if (seen.includes('"event":"started"')) resolve()
    })
    void ended.then(resolve)
  })
  const running = await findRunning({ directory: folder })
  if (running === undefined) throw new Error('The stand-in did not start')
  environment = toolEnvironment(running)
  return {
    close: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}
