// `npm run api:reports`: writes the public surface of every package from its declarations to docs/api, one file per entry, so that reviews show each
// change. `--check` writes nothing and fails if a file is outdated. API Extractor reads the declarations with its own compiler.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, installTools } from '../setup.js'
import { root } from '../step.js'
import { publishedEntries } from './packages.js'

const folder = join(root, 'docs/api')
const check = process.argv.includes('--check')
const tools = join(root, 'consumers')
installTools('consumers')
const { Extractor, ExtractorConfig } = createRequire(join(tools, 'package.json'))('@microsoft/api-extractor')

build()
mkdirSync(folder, { recursive: true })
const different = []
for (const { name, packageFolder, declarations } of publishedEntries()) {
  const text = report(packageFolder, declarations, name)
  const file = join(folder, `${name}.api.md`)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  different.push(`docs/api/${name}.api.md`)
  if (!check) writeFileSync(file, text)
}
for (const file of different) process.stderr.write(`${file} ${check ? 'is outdated' : 'written'}\n`)
if (check && different.length > 0) {
  process.stderr.write('Run npm run api:reports and review the changes.\n')
  process.exit(1)
}

function report(packageFolder, declarations, name) {
  const out = mkdtempSync(join(tmpdir(), 'api-report-'))
  try {
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: packageFolder,
        mainEntryPointFilePath: declarations,
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: 'es2022',
              lib: ['es2023', 'esnext.disposable'],
              module: 'nodenext',
              moduleResolution: 'nodenext',
              types: ['node'],
              strict: true,
              skipLibCheck: true,
            },
            include: [declarations],
          },
        },
        apiReport: { enabled: true, reportFolder: out, reportTempFolder: join(out, 'temp'), reportFileName: name },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: { default: { logLevel: 'error' } },
          extractorMessageReporting: { default: { logLevel: 'none' } },
          tsdocMessageReporting: { default: { logLevel: 'none' } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(packageFolder, 'package.json'),
    })
    const { succeeded } = Extractor.invoke(config, {
      localBuild: true,
      showVerboseMessages: false,
      messageCallback: quiet,
    })
    if (!succeeded) throw new Error(`API Extractor failed for ${name}`)
    return readFileSync(join(out, `${name}.api.md`), 'utf8').replaceAll('\r\n', '\n')
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** Suppresses all messages except errors. */
function quiet(message) {
  if (message.logLevel !== 'error') message.handled = true
}
