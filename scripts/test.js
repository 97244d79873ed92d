// `npm test`: everything that has to hold before a change lands, from nothing. Words after it choose test files.
import { spawnSync } from 'node:child_process'
import { build, clean, install, synth } from './setup.js'
import { root, step } from './step.js'

const words = process.argv.slice(2).filter((word) => word !== '--')

install()
clean()
build()
step('Linting', 'node_modules/.bin/biome', ['check', '--error-on-warnings', '.'])
step('Looking for import circles', process.execPath, ['scripts/lint/import-circles.js'])
step('Looking for dead links in the documentation', process.execPath, ['scripts/lint/doc-links.js'])
synth({ validate: true })
lintTemplate()
const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
step('Testing', process.execPath, [...node, 'node_modules/jest/bin/jest.js', ...words])
if (words.length === 0) {
  step('Deploying with the CDK, and the integration suite', process.execPath, [
    'scripts/deployed-integration.js',
    '--local',
  ])
}

/** AWS's linter for templates is a Python program; most machines do not have it. */
function lintTemplate() {
  if (spawnSync('cfn-lint', ['--version'], { cwd: root }).status !== 0) {
    process.stderr.write('— cfn-lint is not on this machine: left out (pip install cfn-lint)\n')
    return
  }
  // W3005: CDK writes DependsOn beside a reference that implies it.
  step('Linting the template', 'cfn-lint', ['--ignore-checks', 'W3005', '--', 'cdk.out/TopicCredentials.template.json'])
}
