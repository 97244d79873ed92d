// The commands of the integration job in CI: deploy a stack, run the integration suite against it, destroy it.
//
//   node scripts/deployed-integration.js             against the account of the credentials in the environment
//   node scripts/deployed-integration.js --local     against its own stand-in
//   node scripts/deployed-integration.js deploy | test | destroy     one of the three
//
// CDK_CONTEXT contains further CDK arguments: `-c keepLogs=false`. With --local they default to those of the workflow, and the script fails if
// a resource remains in the account. The commands are a script and not lines of the workflow, so that `npm test` can run them without an account.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from './step.js'

const bin = join(root, 'node_modules/.bin')
const words = process.argv.slice(2)
const local = words.includes('--local')
const chosen = words.filter((word) => word !== '--local')
const context = (process.env.CDK_CONTEXT ?? (local ? workflowContext() : '')).split(' ').filter((word) => word !== '')
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
  if (local) synthesize()
  process.exitCode = runAll(chosen.length > 0 ? chosen : Object.keys(commands))
} finally {
  await standIn?.close()
  if (local && chosen.length === 0) requireNothingLeft()
  if (local) rmSync(folder, { recursive: true, force: true })
}

/** Runs the commands. The stack is destroyed even if another command fails. */
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
  // With --local the assembly exists already; otherwise the CDK synthesizes one, as configured in cdk.json.
  const app = local ? ['--app', join(folder, 'cdk.out')] : context
  return run(join(bin, 'cdk'), [command, ...options, ...app])
}

/** The settings of CI's deployment job. */
function workflowContext() {
  const workflow = readFileSync(join(root, '.github/workflows/ci.yml'), 'utf8')
  return /^ +CDK_CONTEXT: (.+)$/mu.exec(workflow)?.[1] ?? ''
}

/** The app with these settings, without the CDK's command line, which would compile first. */
function synthesize() {
  const settings = context.filter((word) => word !== '-c').map((word) => word.split('='))
  const status = run(process.execPath, ['infra/dist/bin/app.js'], {
    CDK_OUTDIR: join(folder, 'cdk.out'),
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify(Object.fromEntries(settings)),
  })
  if (status !== 0) throw new Error('The app could not be synthesized')
}

/** Fails if a resource of the deployment remains in the account of the stand-in, because in AWS it would cause costs. */
function requireNothingLeft() {
  const { names, stacks, directory } = JSON.parse(readFileSync(join(folder, '.local-aws/account/account.json'), 'utf8'))
  const left = [
    ...stacks.filter(({ deletedAt }) => deletedAt === undefined).map(({ stackName }) => `stack ${stackName}`),
    ...names,
    ...directory.roles.map(({ roleName }) => roleName).filter((name) => !name.startsWith('cdk-')),
  ]
  if (left.length === 0) return
  process.stderr.write(`These resources remain in the account:\n${left.map((one) => `  ${one}\n`).join('')}`)
  process.exitCode ||= 1
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
