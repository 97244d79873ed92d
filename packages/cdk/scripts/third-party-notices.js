import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Licences that permit distribution in a closed-source product with a notice. */
const permissive =
  /^\(?(?:MIT|MIT-0|ISC|0BSD|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|BlueOak-1\.0\.0)(?: (?:OR|AND) [\w.-]+)*\)?$/u

/**
 * The names, licences and licence texts of the packages that the files belong to, except the packages of this repository.
 *
 * @param files paths of the files in a bundle
 * @throws Error for a package whose licence is not permissive or not declared
 */
export function notices(files) {
  const folders = new Set(files.map(packageFolder).filter((folder) => folder !== undefined))
  const packages = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    if (!permissive.test(license ?? '')) {
      throw new Error(`${name}@${version} has the licence ${license}, which is not on the list of permissive licences.`)
    }
    return { title: `${name} ${version} (${license})`, text: licenceText(folder) }
  })
  const byText = new Map()
  for (const { title, text } of packages.sort((a, b) => (a.title < b.title ? -1 : 1))) {
    byText.set(text, [...(byText.get(text) ?? []), title])
  }
  const parts = [...byText].map(([text, titles]) => `${titles.join('\n')}\n\n${text}`)
  const head =
    'This package contains code of the following packages, each under its own licence; packages with the same licence text are listed together.'
  return `${[head, ...parts].join('\n\n\n')}\n`
}

/** The root folder of a file's package: the path up to the name after the last node_modules. */
function packageFolder(file) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/u.exec(file)?.[0]
}

function licenceText(folder) {
  const names = readdirSync(folder)
    .filter((name) => /^(?:licen[cs]e|notice|copying)/iu.test(name))
    .sort()
  if (names.length === 0) return 'The package declares its licence but contains no licence text.'
  return names.map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n')
}
