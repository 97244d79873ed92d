// Runs before packing: adds the default stack from `cdk synth` and the third-party notices of its functions. The root's `npm run build` has compiled.
import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const own = fileURLToPath(new URL('..', import.meta.url))

rmSync(`${own}assembly`, { recursive: true, force: true })
const { status } = spawnSync(process.execPath, ['infra/dist/bin/app.js'], {
  cwd: root,
  env: {
    ...process.env,
    CDK_OUTDIR: `${own}assembly`,
    CDK_VALIDATION: 'false',
  },
  stdio: ['ignore', 2, 2],
})
if (status !== 0) process.exit(status ?? 1)
// Where in the app each resource was made: it names the folders of this machine, and is for the CDK's command line alone.
for (const name of readdirSync(`${own}assembly`)) {
  if (name.endsWith('.metadata.json')) writeFileSync(`${own}assembly/${name}`, '{}')
}
copyFileSync(`${root}packages/cdk/functions/THIRD-PARTY-NOTICES.txt`, `${own}THIRD-PARTY-NOTICES.txt`)
