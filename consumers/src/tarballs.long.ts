import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { filesInTarball } from './testing/registry.js'
import { tarballs } from './testing/tools.js'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly type: string
  readonly engines: { readonly node: string }
  readonly repository: { readonly url: string; readonly directory: string }
  readonly sideEffects?: unknown
  readonly exports: unknown
  readonly imports?: unknown
  readonly bin?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The allowed files of each package besides those of its entry points. */
const carried: Readonly<Record<string, RegExp>> = {
  '@topic-credentials/cdk': /^functions\/(?:vendor\/index\.mjs|deploy-check\/index\.cjs|THIRD-PARTY-NOTICES\.txt)$/u,
  '@topic-credentials/local-aws': /^(?:assembly\/.*|THIRD-PARTY-NOTICES\.txt|dist\/tls-worker\.(?:js|d\.ts))$/u,
  '@topic-credentials/ops': /^probe\/THIRD-PARTY-NOTICES\.txt$/u,
}

/** Maximum size of each tarball in kilobytes. An unwanted file or bundle exceeds it. */
const limits: Readonly<Record<string, number>> = {
  '@topic-credentials/access': 24,
  '@topic-credentials/cdk': 240,
  '@topic-credentials/client': 210,
  '@topic-credentials/credential-vendor': 12,
  '@topic-credentials/deploy-check': 16,
  '@topic-credentials/grants': 110,
  '@topic-credentials/local-aws': 680,
  '@topic-credentials/ops': 310,
  '@topic-credentials/project': 15,
  '@topic-credentials/react': 13,
  '@topic-credentials/revocation': 54,
}

const packed = readdirSync(tarballs)
  .filter((name) => name.endsWith('.tgz'))
  .map((name) => {
    const files = [...filesInTarball(readFileSync(join(tarballs, name)))]
    const byPath = new Map(
      files.map(({ path, content }) => [path.replace(/^package\//u, ''), content.toString('utf8')]),
    )
    const manifest = JSON.parse(byPath.get('package.json') ?? '') as Manifest
    return [manifest.name, { manifest, byPath, bytes: statSync(join(tarballs, name)).size }] as const
  })

describe.each(packed)('%s', (name, { manifest, byPath, bytes }) => {
  const reached = reach(manifest, byPath)

  it('has a complete manifest', () => {
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      type: 'module',
      engines: { node: '>=20.19' },
      repository: { directory: `packages/${name.replace('@topic-credentials/', '')}` },
    })
    expect(manifest.sideEffects).toBeDefined()
    expect(byPath.get('README.md')?.length).toBeGreaterThan(200)
    expect(byPath.get('LICENSE')).toContain('Apache License')
  })

  it('does not exceed its size limit', () => {
    process.stdout.write(`${name}: ${(bytes / 1000).toFixed(1)} kB\n`)
    expect(bytes).toBeLessThanOrEqual((limits[name] ?? 0) * 1000)
  })

  it('contains every file of its entry points', () => {
    expect([...reached].filter((path) => !byPath.has(path))).toEqual([])
  })

  it('contains nothing else: no test, no fixture, no unused file', () => {
    const more = [...byPath.keys()].filter(
      (path) =>
        !reached.has(path) && !/^(?:package\.json|README\.md|LICENSE)$/u.test(path) && !carried[name]?.test(path),
    )
    expect(more).toEqual([])
  })

  it('contains no local path and no workspace reference', () => {
    for (const [path, content] of byPath) {
      expect([path, content.includes(process.cwd())]).toEqual([path, false])
    }
    expect(JSON.stringify(manifest.dependencies ?? {})).not.toMatch(/workspace:|link:|file:/u)
  })

  it('depends on exactly the packed versions of the other packages', () => {
    for (const [dependency, version] of Object.entries(manifest.dependencies ?? {})) {
      const own = dependency.startsWith('@topic-credentials/')
      if (own) expect([dependency, version]).toEqual([dependency, manifest.version])
      expect([dependency, version]).toEqual([dependency, expect.stringMatching(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/u)])
    }
  })
})

/** The files that exports, imports and programs lead to, with their types: over imports, and files that a module names beside it. */
function reach(manifest: Manifest, byPath: ReadonlyMap<string, string>): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [manifest.exports, manifest.imports, manifest.bin].flatMap(targets)
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue
    found.add(path)
    const content = byPath.get(path)
    if (content === undefined || !/\.(?:js|d\.ts)$/u.test(path)) continue
    // Bundles have no types of their own.
    if (path.endsWith('.js') && !/^(?:dist\/browser[\w-]*|probe\/main)\.js$/u.test(path)) {
      open.push(path.replace(/\.js$/u, '.d.ts'))
    }
    // A module with only types also has an empty JavaScript file.
    const code = path.replace(/\.d\.ts$/u, '.js')
    if (byPath.has(code)) open.push(code)
    const named = [
      ...content.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/gu),
      ...content.matchAll(/new URL\(['"](\.{1,2}\/[\w./-]+\.(?:js|json))['"]/gu),
    ]
    for (const [, relative = ''] of named) {
      const other = posix.join(posix.dirname(path), relative)
      open.push(path.endsWith('.d.ts') ? other.replace(/\.js$/u, '.d.ts') : other)
    }
  }
  return found
}

function targets(value: unknown): string[] {
  if (typeof value === 'string') return [posix.normalize(value)]
  return Object.values(Object(value)).flatMap(targets)
}
