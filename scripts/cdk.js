// `npm run cdk -- deploy`: sets up what is missing, then becomes the CDK's command line. What it deploys is compiled by cdk.json's `build`.
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { build, install, requireNode } from './setup.js'
import { root } from './step.js'

requireNode()
install()
build()
const bin = join(root, 'node_modules/.bin')
const words = process.argv.slice(2).filter((word, index) => index > 0 || word !== '--')
const { status } = spawnSync(join(bin, 'cdk'), words, {
  cwd: root,
  // cdk.json calls tsc by name, so the folder of binaries must be in PATH, as in a pnpm script.
  env: { ...process.env, PATH: bin + delimiter + process.env.PATH },
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exit(status ?? 1)
