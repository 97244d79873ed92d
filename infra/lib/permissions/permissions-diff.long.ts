import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { startLocalAws } from '@topic-credentials/local-aws'
import { topicCredentialsApp } from '../app.js'

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const page = join(root, 'docs/permissions.md')

interface Ended {
  readonly code: number
  readonly output: string
}

/** The CDK's command line as a process, with nothing of this user's settings. */
function cdk(args: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
  const env = {
    PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    HOME: folder,
    CDK_DISABLE_VERSION_CHECK: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...more,
  }
  const command = [join(root, 'node_modules/aws-cdk/bin/cdk'), ...args, '--no-color', '--no-notices']
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    )
  })
}

const folder = mkdtempSync(join(tmpdir(), 'permissions-diff-'))
const ours = join(folder, 'ours')
const wide = join(folder, 'wide')
function templateOf(assembly: string): string {
  return join(assembly, 'TopicCredentials.template.json')
}

beforeAll(() => {
  const synthesize = (outdir: string, context: Record<string, unknown>) =>
    topicCredentialsApp({ outdir, context, builtinCloudFormationValidation: false }).synth()
  synthesize(ours, {})
  synthesize(wide, { ceiling: 'AWSIoTFullAccess' })
  writeFileSync(join(folder, 'empty.json'), '{"Resources":{}}')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What is printed of permissions when `after` takes the place of `before`. */
async function diff(before: string, after: string): Promise<string> {
  const { output } = await cdk(['diff', '--security-only', '--app', after, '--template', before])
  const [table = ''] = /^IAM Statement Changes\n[\s\S]*?(?=^\(NOTE)/mu.exec(output) ?? []
  return table.replaceAll(/ +$/gmu, '').trimEnd()
}

describe('what a deployment prints of permissions', () => {
  it.each([
    ['first', () => diff(join(folder, 'empty.json'), ours)],
    ['wide', () => diff(templateOf(ours), wide)],
  ])('is in docs/permissions.md: %s (UPDATE_SNAPSHOTS=1 accepts a change)', async (name, printed) => {
    const table = await printed()
    expect(table).toContain('IAM Statement Changes')
    const block = new RegExp(`(?<=<!-- ${name} -->\n\`\`\`\n)[\\s\\S]*?(?=\n\`\`\`)`, 'u')
    const document = readFileSync(page, 'utf8')
    expect(document).toMatch(block)
    if (process.env.UPDATE_SNAPSHOTS !== undefined) {
      writeFileSync(
        page,
        document.replace(block, () => table),
      )
    }
    expect(block.exec(readFileSync(page, 'utf8'))?.[0]).toBe(table)
  })

  it('names roles as the code does, and holds nothing that only CloudFormation can resolve', async () => {
    const table = await diff(join(folder, 'empty.json'), ours)
    for (const role of ['TopicRole', 'VendorRole', 'DeployCheck', 'DataEndpoint']) {
      expect(table).toContain(`\${Credentials/${role}/Role`)
    }
    expect(table).not.toMatch(/Fn::|\{"Ref"|asset\./u)
  })

  it('is empty when nothing changes', async () => {
    expect(await diff(templateOf(ours), ours)).toBe('')
  })
})

describe('npm run cdk -- deploy', () => {
  const deploy = ['deploy', '--app', ours, '--require-approval', 'never']

  it('without an account fails with that reason only', async () => {
    const { code, output } = await cdk(deploy)
    expect(code).toBe(1)
    expect(output).toContain('Unable to resolve AWS account to use.')
  })

  it('with one assumes the role of the bootstrap, and reports what it cannot read with it', async () => {
    const asked: string[] = []
    await using aws = await startLocalAws({ assembly: ours, triggers: false })
    // In place of the other services: refuses every request.
    const refusing = createServer((request, response) => {
      asked.push(String(request.headers['x-amz-target'] ?? `${request.method} ${request.url}`))
      const refusal = { __type: 'AccessDeniedException', message: 'Not here' }
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(refusal))
    })
    await new Promise<void>((listening) => refusing.listen(0, '127.0.0.1', listening))
    const { code, output } = await cdk(deploy, {
      AWS_ACCESS_KEY_ID: aws.developer.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.developer.secretAccessKey,
      AWS_REGION: aws.region,
      AWS_ENDPOINT_URL_STS: aws.endpoints.sts,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
      AWS_MAX_ATTEMPTS: '1',
      NODE_EXTRA_CA_CERTS: aws.caFile,
    })
    refusing.closeAllConnections()
    refusing.close()
    expect(code).toBe(1)
    expect(output).toContain('parameter /cdk-bootstrap/hnb659fds/version the following error occurred: AccessDenied')
    expect(output).not.toContain('could not be used to assume')
    expect(asked).toContain('AmazonSSM.GetParameter')
    expect(output).not.toContain(aws.developer.secretAccessKey)
  })
})
