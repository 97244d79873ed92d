// `npm run deploy:local`: runs `cdk deploy` against the stand-in of this project. Arguments after `--` are passed to the CDK.
import { build, install, requireNode } from './setup.js'
import { root, runCdk } from './step.js'

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
const words = process.argv.slice(2).filter((word) => word !== '--')
process.stderr.write('— Synthesizing the stack and checking it (15 s and more), then deploying\n')
runCdk(['deploy', ...words], { CDK_DISABLE_VERSION_CHECK: '1', ...toolEnvironment(running) })
