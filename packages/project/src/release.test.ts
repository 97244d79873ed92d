import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

/** The scripts that `npm run release:dry` and `npm run release:version` begin with. */

interface Release {
  readonly packages: readonly { readonly manifest: Manifest }[]
  readonly changelog: string
  readonly waiting: readonly string[]
  readonly tag?: string
  readonly repository?: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly repository: { readonly url: string }
}

interface Change {
  readonly summary: string
  readonly releases: readonly { readonly name: string; readonly type: string }[]
}

const { obstacles } = (await imported('obstacles')) as { obstacles(release: Release): readonly string[] }
const { publishedPackages, waitingChanges } = (await imported('packages')) as {
  publishedPackages(): Release['packages']
  waitingChanges(): readonly string[]
}
const { changelogSection } = (await imported('changelog')) as {
  changelogSection(changelog: string, version: string, changes: readonly Change[]): string
}

const ready: Release = {
  packages: [manifest('a', '1.2.3'), manifest('b', '1.2.3')],
  changelog: '# Changelog\n\n## 1.2.3\n\n### New\n',
  waiting: [],
  tag: 'v1.2.3',
  repository: 'owner/name',
}

describe('obstacles of a release', () => {
  it('are empty for one version with a section, a tag and no pending changes', () => {
    expect(obstacles(ready)).toEqual([])
  })

  it.each<[string, Partial<Release>, string]>([
    ['two versions', { packages: [manifest('a', '1.2.3'), manifest('b', '1.2.4')] }, 'several versions: 1.2.3, 1.2.4'],
    ['another tag', { tag: 'v1.2.4' }, 'The tag is v1.2.4, the packages have version 1.2.3'],
    ['no section', { changelog: '# Changelog\n\n## 1.2.30\n' }, 'CHANGELOG.md has no section "## 1.2.3"'],
    ['a pending change', { waiting: ['x.md'] }, 'No version contains these changes: x.md'],
    ['another repository', { packages: [manifest('a', '1.2.3')], repository: 'fork/name' }, 'refuse its provenance'],
  ])('%s', (_name, change, sentence) => {
    expect(obstacles({ ...ready, ...change })).toEqual([expect.stringContaining(sentence)])
  })

  it('allow pending changes without a tag', () => {
    const { tag: _tag, ...rehearsal } = ready
    expect(obstacles({ ...rehearsal, waiting: ['x.md'] })).toEqual([])
  })

  it('are empty in this repository', () => {
    const changelog = readFileSync(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8')
    const packages = publishedPackages()
    expect(packages.length).toBeGreaterThan(5)
    const repository = 'topic-credentials/topic-credentials'
    expect(obstacles({ packages, changelog, waiting: waitingChanges(), repository })).toEqual([])
  })
})

describe('a section of the changelog', () => {
  const change = (type: string, summary: string, ...names: string[]): Change => ({
    summary,
    releases: names.map((name) => ({ name: `@topic-credentials/${name}`, type })),
  })

  it('is added before older sections, with breaking changes first', () => {
    const before = '# Changelog\n\nAll packages.\n\n## 1.0.0\n\n### New\n\n- **grants**: x\n'
    const changes = [
      change('patch', 'c', 'cdk'),
      change('minor', 'b\nb', 'react', 'client'),
      change('major', 'a', 'ops'),
    ]
    expect(changelogSection(before, '2.0.0', changes)).toBe(
      before.replace(
        '## 1.0.0',
        '## 2.0.0\n\n### Breaking changes\n\n- **ops**: a\n\n### New\n\n- **client, react**: b\n  b\n\n### Fixed\n\n- **cdk**: c\n\n## 1.0.0',
      ),
    )
  })

  it('is the first one of an empty changelog', () => {
    expect(changelogSection('# Changelog\n', '1.0.0', [change('minor', 'b', 'cdk')])).toBe(
      '# Changelog\n\n## 1.0.0\n\n### New\n\n- **cdk**: b\n\n',
    )
  })
})

function imported(name: string): Promise<unknown> {
  return import(new URL(`../../../scripts/release/${name}.js`, import.meta.url).href)
}

function manifest(name: string, version: string): { readonly manifest: Manifest } {
  return { manifest: { name, version, repository: { url: 'git+https://github.com/owner/name.git' } } }
}
