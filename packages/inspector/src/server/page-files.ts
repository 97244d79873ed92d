import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../page.bundle.js', import.meta.url))
const style = fileURLToPath(new URL('../page.css', import.meta.url))
const bundler = new URL('../../scripts/bundle-page.js', import.meta.url)

/** One file of the page. */
export interface PageFile {
  readonly type: string
  readonly body: string
}

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Inspector</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<script type="module" src="page.js"></script>
</head>
<body><div id="app"></div></body>
</html>
`

let made: Promise<ReadonlyMap<string, PageFile>> | undefined

/** The page's files by name. In a checkout they are bundled at the first request; a package contains the bundle. */
export function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  made ??= make()
  return made
}

async function make(): Promise<ReadonlyMap<string, PageFile>> {
  const source = fileURLToPath(bundler)
  if (existsSync(source)) await (await import(bundler.href)).bundlePage()
  return new Map([
    ['', { type: 'text/html; charset=utf-8', body: html }],
    ['page.js', { type: 'text/javascript; charset=utf-8', body: await readFile(script, 'utf8') }],
    ['page.css', { type: 'text/css; charset=utf-8', body: await readFile(style, 'utf8') }],
  ])
}
