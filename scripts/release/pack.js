// `npm run release:pack [FOLDER]`: makes a clean build and packs every published package to FOLDER (default: .release/tarballs).
// A release uploads these tarballs, and `npm run test:all` installs them.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, clean, install, requireNode } from '../setup.js'
import { root, step } from '../step.js'
import { publishedPackages, tarballName } from './packages.js'

export const tarballs = join(root, '.release/tarballs')

/** @returns the tarballs' paths, by package name */
export function pack(folder = tarballs) {
  requireNode()
  install()
  // Otherwise the output of deleted source files would be packed.
  clean()
  build()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pnpm = ['--yes', '--loglevel=error', packageManager]
  const packed = {}
  for (const { folder: own, manifest } of publishedPackages()) {
    const licence = join(own, 'LICENSE')
    copyFileSync(join(root, 'LICENSE'), licence)
    try {
      const words = ['--dir', own, 'pack', '--silent', '--pack-destination', folder]
      step(`Packing ${manifest.name}`, 'npx', [...pnpm, ...words])
    } finally {
      rmSync(licence)
    }
    packed[manifest.name] = join(folder, tarballName(manifest))
  }
  return packed
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of Object.values(pack(process.argv[2] === undefined ? undefined : resolve(process.argv[2])))) {
    process.stdout.write(`${file}\n`)
  }
}
