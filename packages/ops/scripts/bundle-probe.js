// Runs before packing: writes `probe/`, which is the command `probe` in one module, and third-party notices. The probe compares AWS with the
// defaults of the stand-in. With the stand-in and the SDK's clients as dependencies, an operator's installation would be 60 MB instead of 25.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { notices } from '../../cdk/scripts/third-party-notices.js'

const own = fileURLToPath(new URL('..', import.meta.url))
const { metafile } = await build({
  entryPoints: ['@topic-credentials/probe/cli'],
  outfile: 'probe/main.js',
  absWorkingDir: own,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // CommonJS modules in it require modules of Node.js.
  banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
})
const [{ inputs }] = Object.values(metafile.outputs)
const used = Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0)
writeFileSync(join(own, 'probe/THIRD-PARTY-NOTICES.txt'), notices(used.map((file) => join(own, file))))
