// Fails if a link in a Markdown file points to a file or a heading that does not exist.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { root } from '../step.js'

const skipped = new Set(['node_modules', 'dist', 'cdk.out', '.git', '.local-aws'])

function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return markdownFiles(path)
    return extname(entry.name) === '.md' ? [path] : []
  })
}

function withoutCode(text) {
  return text
    .replaceAll(/^( *)```[\s\S]*?^\1```$/gmu, '')
    .replaceAll(/`[^`\n]*`/gu, (code) => code.replaceAll(/[[\]()]/gu, ''))
}

/** Anchors as GitHub generates them: lower case, no punctuation, hyphens for spaces, `-1` for the second heading with the same text. */
function anchorsOf(file) {
  const seen = new Map()
  const headings = readFileSync(file, 'utf8')
    .replaceAll(/^( *)```[\s\S]*?^\1```$/gmu, '')
    .matchAll(/^#{1,6} +(.+)$/gmu)
  return new Set(
    [...headings].map(([, heading]) => {
      const words = heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, '$1')
        .trim()
        .toLowerCase()
      const slug = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/gu, '-')
      const before = seen.get(slug) ?? 0
      seen.set(slug, before + 1)
      return before === 0 ? slug : `${slug}-${before}`
    }),
  )
}

const dead = markdownFiles(root).flatMap((file) => {
  const links = withoutCode(readFileSync(file, 'utf8')).matchAll(/\]\(([^)\s]+)\)/gu)
  return [...links].flatMap(([, link]) => {
    if (/^[a-z]+:/u.test(link)) return []
    const [path, anchor] = link.split('#')
    const target = path === '' ? file : resolve(dirname(file), path)
    if (!existsSync(target)) return [`${relative(root, file)}: ${link} (no such file)`]
    if (anchor === undefined || extname(target) !== '.md' || anchorsOf(target).has(anchor)) return []
    return [`${relative(root, file)}: ${link} (no such heading)`]
  })
})
for (const line of dead) process.stderr.write(`${line}\n`)
process.exitCode = dead.length === 0 ? 0 : 1
