// `npm run release:dry`: a release without the upload. It checks that all manifests have one version with a section in the changelog, that no change
// is left for the next version, that the tarballs have the right contents, and that npm accepts them. `--tag v1.2.3` sets the version.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { installTools } from '../setup.js'
import { root, step } from '../step.js'
import { obstacles } from './obstacles.js'
import { pack } from './pack.js'
import { publishedPackages, waitingChanges } from './packages.js'

const at = process.argv.indexOf('--tag')
const faults = obstacles({
  packages: publishedPackages(),
  changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
  waiting: waitingChanges(),
  tag: at < 0 ? undefined : (process.argv[at + 1] ?? ''),
  repository: process.env.GITHUB_REPOSITORY,
})
if (faults.length > 0) fail(faults.join('\n'))

const packed = pack()
installTools('consumers')
step('Judging the packages', process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.long.config.mjs',
  'consumers/dist/tarballs',
  'consumers/dist/judged',
])
for (const [name, tarball] of Object.entries(packed)) {
  const words = ['publish', '--dry-run', '--access', 'public', '--loglevel=error', tarball]
  const { status, stderr } = spawnSync('npm', words, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail(`npm does not accept ${name}: ${stderr}`)
  process.stdout.write(`${basename(tarball)}: would be published\n`)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
