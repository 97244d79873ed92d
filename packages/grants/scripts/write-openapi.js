// Writes `openapi.json`, the vend API as an OpenAPI document, from the wire contract. A test fails if the file is outdated.
import { readFileSync, writeFileSync } from 'node:fs'
import { openApiDocument } from '../dist/wire/openapi/index.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
writeFileSync(new URL('../openapi.json', import.meta.url), `${JSON.stringify(openApiDocument(version), null, 2)}\n`)
