import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Licences that let everybody ship the code in a closed product, with its notice. */
const permissive =
  /^\(?(?:MIT|MIT-0|ISC|0BSD|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|BlueOak-1\.0\.0)(?: (?:OR|AND) [\w.-]+)*\)?$/u

/**
 * The names, licences and licence texts of the packages that files come from; this repository's own are left out.
 *
 * @param files paths of what a bundler put into its output
 * @throws Error for a package whose licence is not permissive, or that does not say which it has
 */
export function notices(files) {
  const folders = new Set(files.map(packageFolder).filter((folder) => folder !== undefined))
  const packages = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    if (!permissive.test(license ?? '')) {
      throw new Error(`${name}@${version} has the licence ${license}: it is not to be shipped`)
    }
    return { title: `${name} ${version} (${license})`, text: licenceText(folder) }
  })
  const byText = new Map()
  for (const { title, text } of packages.sort((a, b) => (a.title < b.title ? -1 : 1))) {
    byText.set(text, [...(byText.get(text) ?? []), title])
  }
  const parts = [...byText].map(([text, titles]) => `${titles.join('\n')}\n\n${text}`)
  const head =
    'The functions of this package hold code of these packages, each under its own licence; packages with the same text stand together.'
  return `${[head, ...parts].join('\n\n\n')}\n`
}

/** The nearest folder of a package: what follows the last node_modules in the path. */
function packageFolder(file) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/u.exec(file)?.[0]
}

function licenceText(folder) {
  const names = readdirSync(folder)
    .filter((name) => /^(?:licen[cs]e|notice|copying)/iu.test(name))
    .sort()
  if (names.length === 0) return 'The package names its licence, and has no text of it.'
  return names.map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n')
}
