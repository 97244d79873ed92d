// Before packing: the default stack as `cdk synth` writes it, and the notices of what its functions hold. The root's `npm run build` has compiled.
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const own = fileURLToPath(new URL('..', import.meta.url))

rmSync(`${own}assembly`, { recursive: true, force: true })
const { status } = spawnSync(process.execPath, ['infra/dist/bin/app.js'], {
  cwd: root,
  env: { ...process.env, CDK_OUTDIR: `${own}assembly`, CDK_VALIDATION: 'false' },
  stdio: ['ignore', 2, 2],
})
if (status !== 0) process.exit(status ?? 1)
copyFileSync(`${root}packages/cdk/functions/THIRD-PARTY-NOTICES.txt`, `${own}THIRD-PARTY-NOTICES.txt`)
