import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startLocalAws } from '../local-aws.js'
import type { LocalAws } from '../local-aws-types.js'
import { httpApi, lambdaFunction, lambdaRole, type TestAssembly, writeAssembly } from '../testing/assembly.js'
import { send } from '../testing/https-client.js'
import { follow } from './follow.js'

function resources(action: string) {
  return {
    Role: lambdaRole({ own: [{ Effect: 'Allow', Action: action, Resource: '*' }] }),
    Function: lambdaFunction('it', 'Role'),
    ...httpApi('Function', { 'POST /credentials': { AuthorizationType: 'AWS_IAM' } }),
  }
}
function answering(text: string) {
  return `export const handler = async () => ({ text: '${text}' })`
}

let assembly: TestAssembly
let aws: LocalAws
let project: string
let lines: string[]
let heard: () => void
let times: number[]
let failures: number[]
let end: () => Promise<void>

beforeEach(async () => {
  lines = []
  times = []
  failures = []
  heard = () => {}
  assembly = await writeAssembly({ Resources: resources('s3:GetObject') }, { it: answering('one') })
  project = await mkdtemp(join(tmpdir(), 'live-'))
  await writeFile(join(project, 'entitlements.json'), '"one"')
  await writeFile(join(project, 'cdk.json'), JSON.stringify({ watch: { include: ['entitlements.json', 'src/**'] } }))
  aws = await startLocalAws({ assembly: assembly.directory })
  end = follow({
    ...{ aws, root: project, assembly: assembly.directory, lookEveryMilliseconds: 20 },
    print: (line) => {
      lines.push(line)
      heard()
    },
    caughtUp: (asOf) => times.push(asOf),
    failed: (asOf) => failures.push(asOf),
  })
}, 60_000)

afterEach(async () => {
  await end()
  await aws.close()
  await assembly[Symbol.asyncDispose]()
  await rm(project, { recursive: true })
})

/** Resolves with the line that begins so, once it was printed. */
async function told(start: string): Promise<string> {
  for (;;) {
    const found = lines.find((line) => line.startsWith(start))
    if (found !== undefined) return found
    await new Promise<void>((resolve) => {
      heard = resolve
    })
  }
}

/** As `cdk synth` does: the manifest is written last. */
async function synthesized(from: TestAssembly): Promise<void> {
  await cp(from.directory, assembly.directory, { recursive: true })
  await touched()
}

async function touched(): Promise<void> {
  const later = new Date(Date.now() + 5_000)
  await utimes(join(assembly.directory, 'manifest.json'), later, later)
}

async function answer(): Promise<unknown> {
  const { body } = await send(aws.ca, `${aws.endpoints.api}/credentials`, { method: 'POST', key: aws.developer })
  return JSON.parse(body).text
}

describe('follow', () => {
  it('deploys an assembly from another synthesis in place, and prints what changed', async () => {
    const { api } = aws.endpoints
    const before = aws.directory.role(aws.stacks[0]?.resources.Role ?? '')
    expect(await answer()).toBe('one')
    await using next = await writeAssembly({ Resources: resources('s3:PutObject') }, { it: answering('one') })
    await synthesized(next)
    expect(await told('✓')).toMatch(/^✓ Test deployed in place from cdk\.out in [\d.]+ s: ~Role$/u)
    // The very same role and address, with another policy.
    expect(aws.endpoints.api).toBe(api)
    const role = aws.directory.role(aws.stacks[0]?.resources.Role ?? '')
    expect(role?.roleId).toBe(before?.roleId)
    expect(JSON.stringify(role?.inlinePolicies.get('own'))).toContain('s3:PutObject')
    expect(times).toHaveLength(2)
  })

  it('reports that nothing has changed', async () => {
    await touched()
    expect(await told('✓')).toBe('✓ Test already matches cdk.out')
  })

  it('an update that fails is rolled back, said, and not taken for deployed', async () => {
    const broken = { ...resources('s3:PutObject'), Extra: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'x' } } }
    await using next = await writeAssembly({ Resources: broken }, { it: answering('one') })
    await synthesized(next)
    expect(await told('✗')).toMatch(/^✗ Test was rolled back: /u)
    expect(await answer()).toBe('one')
    const role = aws.directory.role(aws.stacks[0]?.resources.Role ?? '')
    expect(JSON.stringify(role?.inlinePolicies.get('own'))).toContain('s3:GetObject')
    expect(times).toHaveLength(1)
  })

  it('synthesizes when a source changes, and deploys the function with it; its folder goes at the end', async () => {
    const app = join(project, 'app.mjs')
    await writeFile(
      app,
      `import { cpSync, readFileSync, writeFileSync } from 'node:fs'
      cpSync(${JSON.stringify(assembly.directory)}, process.env.CDK_OUTDIR, { recursive: true })
      const text = JSON.parse(readFileSync(${JSON.stringify(join(project, 'entitlements.json'))}, 'utf8'))
      if (text === 'wrong') { console.error('entitlements[0]: wrong'); process.exit(1) }
      writeFileSync(process.env.CDK_OUTDIR + '/asset.it/index.mjs', "export const handler = async () => ({ text: '" + text + "' })")
      const file = process.env.CDK_OUTDIR + '/Test.template.json'
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('it.zip', text + '.zip'))
      const assets = process.env.CDK_OUTDIR + '/Test.assets.json'
      writeFileSync(assets, readFileSync(assets, 'utf8').replaceAll('it.zip', text + '.zip'))`,
    )
    const watch = { include: 'entitlements.json' }
    await writeFile(join(project, 'cdk.json'), JSON.stringify({ app: `"${process.execPath}" "${app}"`, watch }))
    const change = async (text: string, seconds: number) => {
      await writeFile(join(project, 'entitlements.json'), JSON.stringify(text))
      const later = new Date(Date.now() + seconds * 1_000)
      await utimes(join(project, 'entitlements.json'), later, later)
    }
    await change('wrong', 5)
    expect(await told('✗')).toBe('✗ entitlements.json is not deployed: entitlements[0]: wrong')
    expect(await answer()).toBe('one')
    // Commands need not wait for it.
    expect(failures).toEqual([expect.any(Number)])
    await change('two', 10)
    expect(await told('✓')).toMatch(/^✓ Test deployed in place from entitlements\.json in [\d.]+ s: ~Function$/u)
    expect(await answer()).toBe('two')
    expect(times.at(-1)).toBeGreaterThan(Date.now())
    const folder = join(project, '.local-aws', `live-${process.pid}-1`)
    expect(await readFile(join(folder, 'manifest.json'), 'utf8')).toContain('Test')
    await end()
    await expect(readFile(join(folder, 'manifest.json'))).rejects.toThrow('ENOENT')
  })
})
