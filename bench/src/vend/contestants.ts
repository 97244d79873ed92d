import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { writeFunction } from '@topic-credentials/cdk/functions'
import { type BuildOptions, buildSync } from 'esbuild'
import { root } from '../checkout.js'
import { messageOf } from '../measure/child.js'
import { event } from './event.js'
import type { Times } from './stopwatch.js'

function here(file: string) {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** One implementation of vending, and how to time one fresh process of it. */
export interface Contestant {
  readonly what: string
  /** Size of the function's own code; undefined if a runtime or a layer contains it. */
  readonly bytes?: number
  run(environment: NodeJS.ProcessEnv, warmCalls: number): Promise<Times>
}

/** Builds all contestants in `folder`. */
export function contestants(folder: string): Record<'ours' | 'bundled' | 'external' | 'floor', Contestant> {
  const bundled = (name: string, source: string, options: BuildOptions) => {
    const outfile = join(folder, name)
    buildSync({ entryPoints: [here(source)], outfile, bundle: true, minify: true, platform: 'node', ...options })
    return outfile
  }
  const ours = join(folder, 'ours')
  mkdirSync(ours)
  const entitlements = JSON.parse(readFileSync(join(root, 'infra/entitlements.json'), 'utf8'))
  const { bytes } = writeFunction('vendor', { folder: ours, entitlements })
  // Where the SDK is found when it is not part of the bundle.
  symlinkSync(join(root, 'bench/node_modules'), join(folder, 'node_modules'))
  const external = bundled('external.mjs', './sdk-function.js', { format: 'esm', external: ['@aws-sdk/*'] })
  const defaults = bundled('bundled.cjs', './sdk-function.js', {})
  const floor = bundled('floor.mjs', './hand-signed-function.js', { format: 'esm' })
  return {
    ours: { what: 'ours, the whole function', bytes, run: node(join(ours, 'index.mjs')) },
    bundled: { what: "AWS SDK bundled, esbuild's defaults", bytes: size(defaults), run: node(defaults) },
    external: { what: 'AWS SDK external', bytes: size(external), run: node(external) },
    floor: { what: 'signed by hand: the floor', bytes: size(floor), run: node(floor) },
  }
}

/** boto3, if it is installed. */
export function boto3(): (Contestant & { readonly version: string }) | undefined {
  const { status, stdout } = spawnSync('python3', ['-c', 'import boto3; print(boto3.__version__)'], {
    encoding: 'utf8',
  })
  if (status !== 0) return undefined
  const run = async (env: NodeJS.ProcessEnv, warmCalls: number) => {
    const { stdout } = await promisify(execFile)('python3', [here('../../src/vend/article.py'), String(warmCalls)], {
      env,
    })
    return JSON.parse(stdout) as Times
  }
  const version = stdout.trim()
  return { what: `boto3 ${version}, the article's calls`, version, run }
}

function size(file: string) {
  return statSync(file).size
}

function node(module: string): Contestant['run'] {
  return (env, warmCalls) =>
    messageOf(here('./stopwatch.js'), { args: [module, JSON.stringify(event), String(warmCalls)], env })
}
