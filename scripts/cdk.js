// `npm run cdk -- deploy`: installs and builds if necessary, then runs the CDK's command line, which compiles the app with cdk.json's `build`.
import { build, install, requireNode } from './setup.js'
import { runCdk } from './step.js'

requireNode()
install()
build()
runCdk(process.argv.slice(2).filter((word, index) => index > 0 || word !== '--'))
