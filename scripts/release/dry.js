// `npm run release:dry`: all of a release but the upload. Every manifest has one version, the changelog has a section for it and no change waits for
// the next one, the tarballs hold what they should, and npm takes each. `--tag v1.2.3`: that is the version.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, step } from '../step.js'
import { pack } from './pack.js'
import { publishedPackages } from './packages.js'

const tag = process.argv[process.argv.indexOf('--tag') + 1]
const packages = publishedPackages()
const versions = new Set(packages.map(({ manifest }) => manifest.version))
const [version = ''] = versions

require(versions.size ===
  1, `The packages have several versions: ${[...versions].join(', ')}. Run npm run release:version.`)
require(!process.argv.includes('--tag') ||
  tag === `v${version}`, `The tag is ${tag}, the packages have version ${version}.`)
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
require(changelog.includes(`\n## ${version}\n`), `CHANGELOG.md has no section "## ${version}".`)
const waiting = readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
require(!process.argv.includes('--tag') ||
  waiting.length === 0, `Changes wait for a version: ${waiting.join(', ')}. Run npm run release:version.`)
const { GITHUB_REPOSITORY } = process.env
for (const { manifest } of packages) {
  const here = manifest.repository.url.includes(`github.com/${GITHUB_REPOSITORY}.git`)
  require(GITHUB_REPOSITORY === undefined ||
    here, `${manifest.name} names ${manifest.repository.url}, this is ${GITHUB_REPOSITORY}: npm would refuse its provenance.`)
}

const packed = pack()
if (!existsSync(join(root, 'consumers/node_modules/publint'))) {
  step('Installing the tools that judge packages (once)', 'npm', [
    'ci',
    '--no-fund',
    '--no-audit',
    '--prefix',
    'consumers',
  ])
}
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
  const { status, stderr } = spawnSync(
    'npm',
    ['publish', '--dry-run', '--access', 'public', '--loglevel=error', tarball],
    {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  )
  require(status === 0, `npm does not take ${name}: ${stderr}`)
  process.stdout.write(`${name} ${version}: would be published\n`)
}

function require(holds, message) {
  if (holds) return
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
