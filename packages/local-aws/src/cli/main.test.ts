import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  httpApi,
  lambdaFunction,
  lambdaRole,
  type TestAssembly,
  triggerOf,
  writeAssembly,
} from '../testing/assembly.js'
import { send } from '../testing/https-client.js'

const main = fileURLToPath(new URL('./main.js', import.meta.url))

let assembly: TestAssembly
let project: string
const children: ChildProcess[] = []

beforeAll(async () => {
  const source =
    'export const handler = async (event) => { console.log("a line of the function"); return { user: event.requestContext.authorizer.iam.userArn } }'
  const resources = {
    Role: lambdaRole(),
    Function: lambdaFunction('it', 'Role'),
    ...httpApi('Function', { 'POST /credentials': { AuthorizationType: 'AWS_IAM' } }),
  }
  assembly = await writeAssembly(
    { Resources: resources, Outputs: { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } } },
    { it: source },
  )
  project = await mkdtemp(join(tmpdir(), 'test-project-'))
  await writeFile(join(project, 'cdk.json'), '{}')
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})
afterAll(async () => {
  await assembly[Symbol.asyncDispose]()
  await rm(project, { recursive: true })
})

/** Starts the command; answers its lines as they come. */
function local(...options: string[]) {
  const child = spawn(process.execPath, [main, '--assembly', assembly.directory, ...options], {
    cwd: project,
    env: { PATH: process.env.PATH },
  })
  children.push(child)
  const lines: string[] = []
  const seen = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  seen.on('line', (line) => lines.push(line))
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`it ended:\n${lines.join('\n')}`)))
  ended.catch(() => {})
  const until = async (wanted: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const found = lines.find(wanted)
      if (found !== undefined) return found
      await Promise.race([once(seen, 'line'), ended])
    }
  }
  return { child, lines, until }
}

function run(...options: string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [main, ...options],
      { cwd: project, env: { PATH: process.env.PATH ?? '' } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

describe('npm run local', () => {
  it('reads like a deployment, says where everything is, and then what happens', async () => {
    const { until, lines, child } = local('--port', '0')
    await until((line) => line.startsWith('In another terminal'))
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Test \| 1\/7 \| [ \d:]+ [AP]M \| CREATE_COMPLETE \| AWS::IAM::Role \| Role$/u),
        expect.stringMatching(/^✨ {2}Deployment time: \d+\.\d\ds$/u),
        expect.stringMatching(/^Test\.Url = https:\/\/localhost:\d+$/u),
        expect.stringMatching(/^AWS IoT +wss:\/\/localhost:\d+\/mqtt$/u),
        'enforcement: on',
      ]),
    )
    const { stdout } = await run('--env')
    const value = (name: string) => new RegExp(`^export ${name}='(.*)'$`, 'mu').exec(stdout)?.[1] ?? ''
    const url = `${lines.find((line) => line.startsWith('Test.Url'))?.split(' = ')[1]}/credentials`
    // Not in a folder where other users of this machine could create the file after the end.
    expect(dirname(value('AWS_CA_BUNDLE'))).toBe(join(project, '.local-aws'))
    expect(statSync(join(project, '.local-aws')).mode & 0o777).toBe(0o700)
    const ca = await readFile(value('AWS_CA_BUNDLE'), 'utf8')
    const key = { accessKeyId: value('AWS_ACCESS_KEY_ID'), secretAccessKey: value('AWS_SECRET_ACCESS_KEY') }
    expect(await send(ca, url, { method: 'POST', key, region: value('AWS_REGION') })).toMatchObject({ status: 200 })
    expect(await send(ca, url, { method: 'POST', key: { ...key, secretAccessKey: 'guessed' } })).toMatchObject({
      status: 403,
    })
    await until((line) => /^\d\d:\d\d:\d\d ✓ execute-api POST \/credentials user\/developer status=200$/u.test(line))
    await until((line) => /^\d\d:\d\d:\d\d ✗ execute-api POST \/credentials refused AKIA\w+ status=403$/u.test(line))
    await until((line) => line.includes('InvalidSignatureException'))
    // Keys are for --env alone.
    expect(lines.join('\n')).not.toContain(key.secretAccessKey)
    expect(lines.join('\n')).not.toContain('a line of the function')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(existsSync(value('AWS_CA_BUNDLE'))).toBe(false)
    expect(readdirSync(join(project, '.local-aws'))).toEqual([])
    expect(await run('--env')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('No stand-in is running'),
    })
  })

  it('speaks JSON to machines', async () => {
    const { until, lines, child } = local('--port', '0', '--json', '--region', 'eu-west-1')
    const event = JSON.parse(await until((line) => line.includes('"started"')))
    expect(event).toMatchObject({
      event: 'started',
      enforcement: 'on',
      pid: child.pid,
      region: 'eu-west-1',
      endpoints: { iot: expect.any(String) },
    })
    expect(lines.every((line) => typeof JSON.parse(line) === 'object')).toBe(true)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('ends with the message of a failing check: until then it has served, but was not announced', async () => {
    const resources = { Role: lambdaRole(), Check: lambdaFunction('check', 'Role'), ...triggerOf('Check', 'check') }
    const source = "export const handler = async () => { throw new Error('the neighbour can read it') }"
    await using failing = await writeAssembly({ Resources: resources }, { check: source })
    const { code, stdout, stderr } = await run('--assembly', failing.directory, '--port', '0')
    expect(code).toBe(1)
    const lines = stdout.split('\n')
    const failed = lines.findIndex((line) => /CREATE_FAILED \| Custom::Trigger \| Trigger .*neighbour/u.test(line))
    expect(lines.indexOf('enforcement: on')).toBeGreaterThan(0)
    expect(failed).toBeGreaterThan(lines.indexOf('enforcement: on'))
    expect(stdout).not.toContain('✅')
    expect(stderr).toContain('Trigger handler failed: Error: the neighbour can read it')
    expect(existsSync(join(project, '.local-aws', 'running.json'))).toBe(false)
  })

  it('quotes what a shell could take for a command', async () => {
    const { until, child } = local('--port', '0', '--json', '--region', "eu'$(touch hacked)`x`")
    await until((line) => line.includes('"started"'))
    const { stdout } = await run('--env')
    const shell = spawn('sh', ['-c', `${stdout}\nprintf %s "$AWS_REGION"`], { cwd: project })
    let printed = ''
    shell.stdout.on('data', (chunk) => {
      printed += chunk
    })
    await once(shell, 'close')
    expect(printed).toBe("eu'$(touch hacked)`x`")
    expect(existsSync(join(project, 'hacked'))).toBe(false)
    child.kill('SIGINT')
    await once(child, 'exit')
  })

  it('says which port is taken, and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { code, stderr } = await run('--assembly', assembly.directory, '--port', String(port))
    taken.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^Port ${port} is in use\\..*--port`, 'u'))
    expect(existsSync(join(project, '.local-aws', 'running.json'))).toBe(false)
  })

  it.each([
    [['--assembly', '/nowhere'], "No cloud assembly at /nowhere: the folder does not exist\n  Run 'cdk synth' first."],
    [['--port', '65535'], 'It must be an integer from 0 to 65528'],
    [['--port', 'x'], 'It must be an integer from 0 to 65528'],
    [['--nonsense'], "unknown option '--nonsense'"],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await run(...options)
    expect(code).toBe(1)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
  })

  it('ends without a trace of it when its reader goes away', async () => {
    const { child, until } = local('--port', '0')
    await until((line) => line.startsWith('In another terminal'))
    const { stdout } = await run('--env')
    child.stdout?.destroy()
    const url = /AWS_ENDPOINT_URL_STS='(.*)'/u.exec(stdout)?.[1]
    const caFile = /AWS_CA_BUNDLE='(.*)'/u.exec(stdout)?.[1] ?? ''
    await send(await readFile(caFile, 'utf8'), `${url}/`, { method: 'POST' })
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
