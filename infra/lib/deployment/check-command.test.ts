import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { announce } from '@topic-credentials/project'
import { topicCredentialsApp } from '../app.js'

/** `npm run check` as a process, in its own project with an announced stand-in. */

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

const command = fileURLToPath(new URL('../../../../packages/deploy-check/dist/cli/main.js', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'check-command-'))
const noMqtt = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:*', Resource: '*' }] }
let aws: LocalAws
let withdraw: () => Promise<void>
let topicRole: string

beforeAll(async () => {
  writeFileSync(join(project, 'cdk.json'), '{}')
  const outdir = join(project, 'cdk.out')
  topicCredentialsApp({ outdir, builtinCloudFormationValidation: false }).synth()
  // Without the deployment's own run: that is another test's.
  aws = await startLocalAws({ assembly: outdir, triggers: false })
  topicRole = String(aws.outputs.TopicCredentials?.RoleArn).split('/').at(-1) ?? ''
  const { remove } = await announce(aws, { directory: project })
  withdraw = remove
})

afterAll(async () => {
  await withdraw()
  await aws.close()
  rmSync(project, { recursive: true })
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(args: readonly string[] = [], more: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = { PATH: process.env.PATH, INIT_CWD: project, NODE_NO_WARNINGS: '1', ...more }
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

/** The outputs of a deployed stack as a file: the stand-in's own, some of them changed. */
function outputs(change: Readonly<Record<string, string | undefined>>): string {
  const file = join(project, 'outputs.json')
  writeFileSync(file, JSON.stringify({ TopicCredentials: { ...aws.outputs.TopicCredentials, ...change } }))
  return file
}

function as({ accessKeyId, secretAccessKey }: LocalAws['operator']): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_LAMBDA: aws.endpoints.endpoint,
    NODE_EXTRA_CA_CERTS: aws.caFile,
  }
}

describe('npm run check', () => {
  it('lists what passed at the stand-in that runs', async () => {
    const { code, stdout, stderr } = await run()
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(`process ${process.pid}`) })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.at(-1)).toBe(`All ${lines.length - 1} passed.`)
    expect(lines.filter((line) => line.startsWith('✓')).length).toBe(lines.length - 1)
    expect(stdout).toContain('✓ assume the role without the vendor, with no session policy: refused')
    expect(stdout).not.toMatch(/X-Amz|SecretAccessKey|ASIA/u)
  })

  it('finds a manual change after the deployment, and that it was reverted', async () => {
    aws.putRolePolicy(topicRole, 'ByHand', noMqtt)
    const { code, stdout } = await run()
    aws.deleteRolePolicy(topicRole, 'ByHand')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^✗ connect as .*must be allowed$/mu)
    expect(stdout.trimEnd()).toMatch(/^\d+ of \d+ failed: docs\/runbook\.md#deploy-check$/mu)
    expect(JSON.parse((await run(['--json'])).stdout)).toMatchObject({ passed: true })
  })

  it('calls the function of a deployed stack with the identity of the moment', async () => {
    expect(await run(['--outputs', outputs({})], as(aws.operator))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(' passed.'),
    })
    const refused = await run(['--outputs', outputs({})], as(aws.developer))
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('is not authorized to perform: lambda:InvokeFunction')
    expect(refused.stderr).toContain('Your identity needs lambda:InvokeFunction on this function.')
  })

  it('asks the stand-in that the outputs in the project belong to, and no AWS, also once it has ended', async () => {
    const file = join(project, 'cdk-outputs.json')
    writeFileSync(file, JSON.stringify(aws.outputs))
    // An endpoint that nothing answers at: what goes to AWS does not reach it.
    const nowhere = { AWS_ENDPOINT_URL_LAMBDA: 'https://127.0.0.1:9' }
    expect(await run([], nowhere)).toMatchObject({ code: 0, stderr: expect.stringContaining('the running stand-in') })
    await withdraw()
    try {
      const { code, stderr } = await run([], nowhere)
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/belongs to a stand-in that is no longer running\. Pass --outputs/u),
      })
    } finally {
      rmSync(file)
      withdraw = (await announce(aws, { directory: project })).remove
    }
  })

  it('is the only way to call it: a request without a signature is refused', async () => {
    const name = String(aws.outputs.TopicCredentials?.CheckFunctionName)
    const url = `${aws.endpoints.endpoint}/2015-03-31/functions/${name}/invocations`
    const status = await new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', ca: aws.ca }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on('error', reject)
      sent.end('{}')
    })
    expect(status).toBe(403)
  })

  it.each([
    ['a stack without the check', { CheckFunctionName: undefined }, 'The stack TopicCredentials has no deploy check.'],
    [
      'a function that is gone',
      { CheckFunctionName: 'TopicCredentials-DeployCheckFunction-gone' },
      'Function not found',
    ],
    ['no stack', { CredentialsUrl: undefined }, 'no stack has the outputs'],
  ])('reports why it cannot run: %s', async (_, change, words) => {
    const { code, stdout, stderr } = await run(['--outputs', outputs(change)], as(aws.operator))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^\s+at /mu)
  })
})
