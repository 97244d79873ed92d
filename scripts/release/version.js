// `npm run release:version`: sets the next version in every manifest according to the files of `.changeset/`, and adds their sentences to CHANGELOG.md.
// `npm run changeset` (the argument `add`) writes such a file.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { installTools } from '../setup.js'
import { root, step } from '../step.js'
import { changelogSection } from './changelog.js'
import { publishedPackages, waitingChanges } from './packages.js'

const tools = join(root, 'consumers')
installTools('consumers')
const [word = 'version'] = process.argv.slice(2)

if (word === 'version') {
  const { default: parse } = createRequire(join(tools, 'package.json'))('@changesets/parse')
  const changes = waitingChanges().map((name) => parse(readFileSync(join(root, '.changeset', name), 'utf8')))
  if (changes.length === 0) {
    process.stderr.write(
      'There are no changes for a new version: .changeset/ is empty. Run npm run changeset to add one.\n',
    )
    process.exit(1)
  }
  changesets('version')
  const [{ manifest }] = publishedPackages()
  const changelog = join(root, 'CHANGELOG.md')
  writeFileSync(changelog, changelogSection(readFileSync(changelog, 'utf8'), manifest.version, changes))
  process.stdout.write(`${manifest.version}\n`)
} else {
  changesets(word)
}

function changesets(command) {
  const cli = join(tools, 'node_modules/@changesets/cli/bin.js')
  step(`changeset ${command}`, process.execPath, [cli, command], { interactive: command === 'add' })
}
