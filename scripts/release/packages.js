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

/** The entries that programs import, such as `client` and `grants.proof`, each with its declarations. */
export function publishedEntries() {
  return publishedPackages().flatMap(({ folder, manifest }) =>
    Object.entries(Object(manifest.publishConfig?.exports ?? manifest.exports)).flatMap(([entry, target]) => {
      const file = typeof target === 'string' ? target : target.types
      if (!/\.(?:d\.ts|js)$/u.test(file) || entry.includes('/cli') || entry === './browser') return []
      const declarations = join(folder, file.replace(/(?:\.d\.ts|\.js)$/u, '.d.ts'))
      const suffix = entry === '.' ? '' : entry.slice(1).replaceAll('/', '.')
      return [{ name: manifest.name.replace('@topic-credentials/', '') + suffix, packageFolder: folder, declarations }]
    }),
  )
}

/** The files of `.changeset/`: changes that no version contains yet. */
export function waitingChanges() {
  return readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
}

/** The file name of a package's tarball, as `npm pack` creates it. */
export function tarballName({ name, version }) {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
}
