import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, it } from '@jest/globals'
import { build } from 'esbuild'

/** Maximum size in bytes, gzipped, without React and the client. */
const limit = 2_000

it('the package is within its size limit', async () => {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('index.js', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    external: ['react', '@topic-credentials/client'],
    logLevel: 'silent',
  })
  const { length } = gzipSync(result.outputFiles[0]?.contents ?? '', { level: 9 })
  process.stdout.write(`@topic-credentials/react: ${length} bytes gzipped\n`)
  expect(length).toBeLessThanOrEqual(limit)
})

it.each(['index.js', 'hooks.js', 'topic-session.js'])('%s begins with "use client"', async (name) => {
  expect(await readFile(new URL(name, import.meta.url), 'utf8')).toMatch(/^'use client';?\n/u)
})
