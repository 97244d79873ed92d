import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../step.js'

/** The published packages: all under `packages/` that are not private, each with its folder and manifest. */
export function publishedPackages() {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => ({ folder: join(root, 'packages', name), file: join(root, 'packages', name, 'package.json') }))
    .map(({ folder, file }) => ({ folder, manifest: JSON.parse(readFileSync(file, 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
}

/** The files of `.changeset/`: changes that no version contains yet. */
export function waitingChanges() {
  return readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
}

/** The file name of a package's tarball, as `npm pack` creates it. */
export function tarballName({ name, version }) {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
}
