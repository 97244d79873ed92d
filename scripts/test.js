// `npm test`: all checks that must pass before a change lands, from a clean build. Arguments select test files.
import { spawnSync } from 'node:child_process'
import { build, clean, install, synth } from './setup.js'
import { jest, root, selected, step } from './step.js'

install()
clean()
build()
step('Linting', 'node_modules/.bin/biome', ['check', '--error-on-warnings', '.'])
step('Checking for circular imports', process.execPath, ['scripts/lint/import-circles.js'])
step('Checking the links in the documentation', process.execPath, ['scripts/lint/doc-links.js'])
await synth({ validate: true })
lintTemplate()
// The integration suite runs once, against the stack that the CDK deploys below.
jest('Testing', selected.length > 0 ? selected : ['--testPathIgnorePatterns', '/node_modules/', '\\.integ\\.js$'])
if (selected.length === 0) {
  step('Deploying with the CDK and running the integration suite', process.execPath, [
    'scripts/deployed-integration.js',
    '--local',
  ])
}

/** AWS's template linter is a Python program, which is missing on most machines. */
function lintTemplate() {
  if (spawnSync('cfn-lint', ['--version'], { cwd: root }).status !== 0) {
    process.stderr.write('— cfn-lint is not installed; skipped (pip install cfn-lint)\n')
    return
  }
  // W3005: the CDK writes a DependsOn in addition to a reference that implies it.
  step('Linting the template', 'cfn-lint', ['--ignore-checks', 'W3005', '--', 'cdk.out/TopicCredentials.template.json'])
}
