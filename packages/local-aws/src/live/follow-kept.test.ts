import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startLocalAws } from '../local-aws.js'
import type { LocalAws } from '../local-aws-types.js'
import { httpApi, lambdaFunction, lambdaRole, type TestAssembly, writeAssembly } from '../testing/assembly.js'
import { send } from '../testing/https-client.js'
import { followKept, type Known } from './follow-kept.js'

/** An account that `cdk deploy` deploys into: what it uploads and deploys is done here directly; the real one is in cdk-cli/live.long.ts. */

function resources(memory: number) {
  return {
    Role: lambdaRole({ own: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }),
    Function: lambdaFunction('it', 'Role', { MemorySize: memory }),
    ...httpApi('Function', { 'POST /credentials': { AuthorizationType: 'AWS_IAM' } }),
  }
}

/** An app that writes the text of entitlements.json into the function, and the setting `memory` into the template. */
function appOf(assembly: string, project: string): string {
  return `import { cpSync, readFileSync, writeFileSync } from 'node:fs'
    const out = process.env.CDK_OUTDIR
    cpSync(${JSON.stringify(assembly)}, out, { recursive: true })
    const { memory = 128 } = JSON.parse(process.env.CDK_CONTEXT_JSON)
    writeFileSync(out + '/settings.json', JSON.stringify({ memory }))
    const text = JSON.parse(readFileSync(${JSON.stringify(join(project, 'entitlements.json'))}, 'utf8'))
    if (text === 'wrong') { console.error('entitlements[0]: wrong'); process.exit(1) }
    writeFileSync(out + '/asset.it/index.mjs', "export const handler = async () => ({ text: '" + text + "' })")
    for (const name of ['Test.template.json', 'Test.assets.json']) {
      const changed = readFileSync(out + '/' + name, 'utf8').replaceAll('it.zip', text + '.zip').replace('"MemorySize":128', '"MemorySize":' + memory)
      writeFileSync(out + '/' + name, changed)
    }`
}

let assembly: TestAssembly
let aws: LocalAws
let project: string
let lines: string[]
let known: Known[]
let failures: number[]
let heard: () => void
let end: () => Promise<void>
let seconds: number

beforeEach(async () => {
  lines = []
  known = []
  failures = []
  heard = () => {}
  seconds = 60
  assembly = await writeAssembly({ Resources: resources(128) }, { it: answering('one') })
  project = await mkdtemp(join(tmpdir(), 'kept-'))
  const app = join(project, 'app.mjs')
  await writeFile(app, appOf(assembly.directory, project))
  const watch = { include: ['entitlements.json'] }
  await writeFile(join(project, 'cdk.json'), JSON.stringify({ app: `"${process.execPath}" "${app}"`, watch }))
  await writeFile(join(project, 'entitlements.json'), '"one"')
  await synthesized(128)
  aws = await startLocalAws({ state: join(project, 'account') })
}, 60_000)

afterEach(async () => {
  await end?.()
  await aws.close()
  await assembly[Symbol.asyncDispose]()
  await rm(project, { recursive: true })
})

function answering(text: string): string {
  return `export const handler = async () => ({ text: '${text}' })`
}

/** cdk.out as the app makes it, and as `cdk synth` leaves it. */
async function synthesized(memory: number, settings: object | 'unknown' = { memory }): Promise<void> {
  const out = join(project, 'cdk.out')
  await rm(out, { recursive: true, force: true })
  await using made = await writeAssembly({ Resources: resources(memory) }, { it: answering('one') })
  await cp(made.directory, out, { recursive: true })
  if (settings !== 'unknown') await writeFile(join(out, 'settings.json'), JSON.stringify(settings))
}

/** Resolves when it has looked once. */
async function begin(): Promise<void> {
  const print = (line: string) => {
    lines.push(line)
    heard()
  }
  const learn = (one: Known) => {
    known.push(one)
    heard()
  }
  const options = { known: learn, failed: (asOf: number) => failures.push(asOf) }
  end = followKept({ ...options, aws, root: project, print, lookEveryMilliseconds: 20 })
  while (known.length === 0) await next()
}

async function told(start: string): Promise<string> {
  for (;;) {
    const found = lines.find((line) => line.startsWith(start))
    if (found !== undefined) return found
    await next()
  }
}

/** Until a line is printed, or something else is known. */
function next(): Promise<void> {
  return new Promise((resolve) => {
    heard = resolve
  })
}

/** Written at a time of its own, after everything before. */
async function edit(file: string, text?: string): Promise<void> {
  const path = join(project, file)
  if (text !== undefined) await writeFile(path, text)
  seconds += 60
  const later = new Date(Date.now() + seconds * 1_000)
  await utimes(path, later, later)
}

async function answer(account: LocalAws = aws): Promise<unknown> {
  const { ca, endpoints, developer } = account
  const { body } = await send(ca, `${endpoints.api}/credentials`, { method: 'POST', key: developer })
  return JSON.parse(body).text
}

describe('an account that cdk deploy deploys into', () => {
  it('is updated in place with the settings of that deployment; nothing of it is in a folder that goes', async () => {
    await synthesized(256)
    await aws.deploy(join(project, 'cdk.out'))
    await begin()
    await edit('entitlements.json', '"two"')
    expect(await told('✓')).toMatch(/^✓ Test deployed in place from entitlements\.json in [\d.]+ s: ~Function$/u)
    expect(await answer()).toBe('two')
    expect(await readFile(join(project, 'cdk.out/Test.template.json'), 'utf8')).toContain('"MemorySize":256')
    expect(known.at(-1)).toMatchObject({ follows: true, asOf: expect.any(Number) })
    // cdk.out is the result, as after cdk deploy: a command line that compares finds no difference.
    expect(await aws.plan(join(project, 'cdk.out'))).toMatchObject([{ changes: [] }])
    expect(await readdir(join(project, '.local-aws'))).toEqual([])
    await end()
    await aws.close()
    aws = await startLocalAws({ state: join(project, 'account') })
    expect(await answer()).toBe('two')
    // And what is edited then is deployed too.
    lines = []
    known = []
    await begin()
    await edit('entitlements.json', '"three"')
    await told('✓')
    expect(await answer()).toBe('three')
  })

  it('what cannot be synthesized is said, once, and stays undeployed', async () => {
    await aws.deploy(join(project, 'cdk.out'))
    await begin()
    await edit('entitlements.json', '"wrong"')
    expect(await told('✗')).toBe('✗ entitlements.json is not deployed: entitlements[0]: wrong')
    expect([await answer(), failures]).toEqual(['one', [expect.any(Number)]])
    expect(await aws.plan(join(project, 'cdk.out'))).toMatchObject([{ changes: [] }])
  })

  it.each([
    ['whose settings are not known', () => synthesized(128, 'unknown')],
    ['from another folder', () => synthesized(512)],
  ])('a stack that was deployed %s is reported and not deployed', async (_, change) => {
    await aws.deploy(join(project, 'cdk.out'))
    await change()
    const before = new Date(Date.now() - 60_000)
    await utimes(join(project, 'cdk.out/manifest.json'), before, before)
    await begin()
    await edit('entitlements.json', '"two"')
    expect(await told('!')).toMatch(/^! entitlements\.json has changed since the stack was deployed: .*deploy:local/u)
    expect([await answer(), known.at(-1)]).toEqual(['one', { follows: false }])
  })

  it('an assembly from another synthesis is not deployed, and is reported once', async () => {
    await aws.deploy(join(project, 'cdk.out'))
    await begin()
    await synthesized(512)
    await edit('cdk.out/manifest.json')
    expect(await told('!')).toMatch(
      /^! cdk\.out differs from the deployed stack \(~Function\): .*deploy:local deploys it$/u,
    )
    expect(known.at(-1)).toEqual({ follows: true, behind: 'cdk.out' })
    await aws.deploy(join(project, 'cdk.out'))
    while (known.at(-1)?.behind !== undefined) await next()
    expect(lines).toHaveLength(1)
  })
})
