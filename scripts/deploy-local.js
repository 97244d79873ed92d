// `npm run deploy:local`: runs `cdk deploy` against the stand-in of this project. Arguments after `--` are passed to the CDK.
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { build, install, requireNode } from './setup.js'
import { root } from './step.js'

requireNode()
install()
build()
const { findRunning } = await import('../packages/project/dist/index.js')
const { toolEnvironment } = await import('../packages/local-aws/dist/cli/tool-variables.js')
const running = await findRunning({ directory: root })
if (running === undefined) {
  process.stderr.write(`No stand-in is running for ${root}. Start one in another terminal: npm run local\n`)
  process.exit(1)
}
const bin = join(root, 'node_modules/.bin')
const words = process.argv.slice(2).filter((word) => word !== '--')
const { status } = spawnSync(join(bin, 'cdk'), ['deploy', ...words], {
  cwd: root,
  // cdk.json calls tsc by name, so the folder of binaries must be in PATH, as in a pnpm script.
  env: { CDK_DISABLE_VERSION_CHECK: '1', ...toolEnvironment(running), PATH: bin + delimiter + process.env.PATH },
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exit(status ?? 1)
