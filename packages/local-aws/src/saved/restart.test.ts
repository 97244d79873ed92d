import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { AccessKey } from '../iam/index.js'
import { httpApi } from '../testing/assembly.js'
import { openDeployments } from '../testing/deployments.js'
import { closedGate } from '../testing/gate.js'
import { send } from '../testing/https-client.js'
import { customResource, inlineFunction, logGroup, provider, serviceRole } from '../testing/template-parts.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restart-'))
})
afterEach(() => rm(folder, { recursive: true }))

const deny = { Version: '2012-10-17', Statement: [{ Sid: 'Revoked', Effect: 'Deny', Action: '*', Resource: '*' }] }

/** A copy may be made while a file is being written. */
const finished = { recursive: true, filter: (source: string) => !source.endsWith('.draft') }

/** Empty while there is no such file yet. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

describe('a stand-in that is stopped and started again', () => {
  it('has its stacks, users, roles and uploads; its API answers as before', async () => {
    const answer = 'exports.handler = async () => ({ greeting: process.env.GREETING })'
    const template = {
      Resources: {
        ...inlineFunction('Fn', answer, { Environment: { Variables: { GREETING: { 'Fn::Sub': 'from ${Api}' } } } }),
        ...httpApi('Fn', { 'POST /greet': { AuthorizationType: 'AWS_IAM' } }),
        Log: logGroup(),
      },
      Outputs: { Url: { Value: { 'Fn::Sub': '${Api.ApiEndpoint}/greet' } }, Log: { Value: { Ref: 'Log' } } },
    }
    const state = join(folder, 'account')
    const key = async () => {
      await using first = await openDeployments({ state })
      const { outputs } = await first.deploy(template)
      const { Log } = await first.physicalIds()
      first.aws.putRolePolicy(first.aws.stacks[0]?.resources.FnRole ?? '', 'foreign', deny)
      const { s3 } = first.clients(first.aws.directory.userKey('admin') as AccessKey)
      const Bucket = 'cdk-hnb659fds-assets-123456789012-eu-west-1'
      await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'content' }))
      const { developer, ca, region } = first.aws
      expect(await send(ca, outputs.Url ?? '', { method: 'POST', key: developer, region })).toMatchObject({
        status: 200,
      })
      return { developer, Log }
    }
    const { developer, Log } = await key()
    await using second = await openDeployments({ state })
    const { aws } = second
    expect(aws.stacks).toMatchObject([{ stackName: 'Test', resources: { Log } }])
    expect(aws.developer).toMatchObject({
      accessKeyId: developer.accessKeyId,
      secretAccessKey: developer.secretAccessKey,
    })
    const url = aws.outputs.Test?.Url ?? ''
    const { body } = await send(aws.ca, url, { method: 'POST', key: aws.developer, region: aws.region })
    expect(JSON.parse(body)).toEqual({ greeting: `from ${aws.stacks[0]?.resources.Api}` })
    expect(await send(aws.ca, url, { method: 'POST' })).toMatchObject({ status: 403 })
    const role = aws.directory.role(aws.stacks[0]?.resources.FnRole ?? '')
    expect(role?.inlinePolicies.get('foreign')?.Statement[0]?.Sid).toBe('Revoked')
    // And it is a stack that can be changed, and that names are taken by.
    const { Log: _, ...others } = template.Resources
    aws.deleteRolePolicy(role?.roleName ?? '', 'foreign')
    expect((await second.deploy({ Resources: others })).status).toBe('UPDATE_COMPLETE')
    expect(await second.destroy()).toBe('DELETE_COMPLETE')
  })

  it('writes down what IAM’s API changes: a revocation is not undone by a restart', async () => {
    const state = join(folder, 'account')
    const revoke = async () => {
      await using first = await openDeployments({ state })
      await first.deploy({ Resources: { Role: serviceRole({ RoleName: 'topics' }) } })
      const { accessKeyId, secretAccessKey } = first.aws.operator
      const iam = new IAMClient({
        endpoint: first.aws.endpoints.iam,
        region: first.aws.region,
        credentials: { accessKeyId, secretAccessKey },
        requestHandler: { httpsAgent: new Agent({ ca: first.aws.ca }) },
      })
      await iam.send(
        new PutRolePolicyCommand({ RoleName: 'topics', PolicyName: 'p', PolicyDocument: JSON.stringify(deny) }),
      )
      iam.destroy()
      // The files at this moment: a process that is killed leaves them like this.
      while (!(await textOf(join(state, 'account.json'))).includes('Revoked')) {}
      await cp(state, join(folder, 'killed'), finished)
    }
    await revoke()
    for (const where of [state, join(folder, 'killed')]) {
      await using again = await openDeployments({ state: where })
      expect(again.aws.directory.role('topics')?.inlinePolicies.has('p')).toBe(true)
    }
  })

  it('takes an update back that was under way when it was killed', async () => {
    const state = join(folder, 'account')
    const killed = join(folder, 'killed')
    const template = (sid: string, port: number) => {
      const Statement = [{ Sid: sid, Effect: 'Allow', Action: 'iot:Publish', Resource: '*' }]
      const source = provider.replace(
        'const { Fail',
        "if (event.ResourceProperties.Port !== '0') await new Promise((done) => require('node:net').connect(Number(event.ResourceProperties.Port), '127.0.0.1').resume().on('close', done))\n    const { Fail",
      )
      return {
        Resources: {
          ...inlineFunction('Provider', source),
          Role: serviceRole({ Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement } }] }),
          Thing: { ...customResource({ Port: port }), DependsOn: 'Role' },
        },
      }
    }
    const interrupt = async () => {
      await using gate = await closedGate()
      await using first = await openDeployments({ state })
      await first.deploy(template('A', 0))
      const updating = first.deploy(template('B', gate.port))
      await gate.held(1)
      // The event before the custom resource was told is written down, with the role that is changed already.
      while ((await first.events()).every((line) => line !== 'Thing UPDATE_IN_PROGRESS')) {}
      await cp(state, killed, finished)
      gate.open()
      expect((await updating).status).toBe('UPDATE_COMPLETE')
    }
    await interrupt()
    await using second = await openDeployments({ state: killed })
    const { StackStatus } = await second.settled()
    expect(StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
    const { Role = '' } = await second.physicalIds()
    expect(second.aws.directory.role(Role)?.inlinePolicies.get('p')?.Statement[0]?.Sid).toBe('A')
    expect(await second.events()).toContain('Test UPDATE_ROLLBACK_IN_PROGRESS The stand-in ended during this operation')
    const { Stacks } = await second.cloudformation.send(new DescribeStacksCommand({ StackName: 'Test' }))
    expect(Stacks).toHaveLength(1)
  })
})
