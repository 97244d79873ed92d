import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { startLocalAws } from '../../local-aws.js'
import { readAssembly } from './assembly.js'

const folders: string[] = []
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))))

/** An assembly of the given artifacts and templates. */
async function write(
  artifacts: object,
  templates: Readonly<Record<string, object>> = {},
  more: object = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'test-assembly-'))
  folders.push(folder)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts, ...more }))
  for (const [name, template] of Object.entries(templates)) {
    await writeFile(join(folder, `${name}.template.json`), JSON.stringify(template))
  }
  return folder
}

function stack(name: string, dependencies: string[] = [], environment = 'aws://unknown-account/unknown-region') {
  return {
    type: 'aws:cloudformation:stack',
    environment,
    dependencies,
    properties: { templateFile: `${name}.template.json` },
  }
}

describe('readAssembly', () => {
  it('gives stacks in the order in which they need each other, with account and region', async () => {
    const artifacts = { Second: stack('Second', ['First']), First: stack('First', [], 'aws://111122223333/eu-west-1') }
    const folder = await write(artifacts, { First: { Resources: {} }, Second: { Resources: {} } })
    expect(
      (await readAssembly(folder)).map(({ stackName, accountId, region }) => ({ stackName, accountId, region })),
    ).toEqual([
      { stackName: 'First', accountId: '111122223333', region: 'eu-west-1' },
      { stackName: 'Second', accountId: undefined, region: undefined },
    ])
  })

  it('hands exports from one stack to the next', async () => {
    const folder = await write(
      { Second: stack('Second', ['First']), First: stack('First') },
      {
        First: {
          Resources: {},
          Outputs: { Shared: { Value: 'a value', Export: { Name: { 'Fn::Sub': '${AWS::StackName}:shared' } } } },
        },
        Second: { Resources: {}, Outputs: { Got: { Value: { 'Fn::ImportValue': 'First:shared' } } } },
      },
    )
    await using aws = await startLocalAws({ assembly: folder })
    expect(aws.outputs).toEqual({ First: { Shared: 'a value' }, Second: { Got: 'a value' } })
  })

  it('leaves out what its condition excludes', async () => {
    const folder = await write(
      { One: stack('One') },
      {
        One: {
          Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
          Resources: {
            Queue: { Type: 'AWS::SQS::Queue', Condition: 'Never' },
            Log: {
              Type: 'AWS::Logs::LogGroup',
              DependsOn: 'Queue',
              Properties: { LogGroupName: { 'Fn::If': ['Never', { Ref: 'Queue' }, 'kept'] } },
            },
          },
          Outputs: { Url: { Condition: 'Never', Value: { Ref: 'Queue' } }, Log: { Value: { Ref: 'Log' } } },
        },
      },
    )
    await using aws = await startLocalAws({ assembly: folder })
    expect(aws.outputs).toEqual({ One: { Log: 'kept' } })
  })

  const refused: [string, () => Promise<string>, string][] = [
    [
      'an assembly within the assembly',
      () => write({ Stage: { type: 'cdk:cloud-assembly' } }),
      'the artifact Stage of type cdk:cloud-assembly',
    ],
    [
      'context that is missing',
      () => write({ One: stack('One') }, { One: { Resources: {} } }, { missing: [{ key: 'vpc-provider:x' }] }),
      'is missing context: vpc-provider:x',
    ],
    ['no stack', () => write({}), 'contains no stack'],
    ['a template that is missing', () => write({ One: stack('One') }), 'ENOENT'],
    [
      'an attribute that changes what a resource means',
      () =>
        write(
          { One: stack('One') },
          { One: { Resources: { A: { Type: 'AWS::Logs::LogGroup', CreationPolicy: {} } } } },
        ),
      'the attribute CreationPolicy of resource A',
    ],
    [
      'a rule',
      () => write({ One: stack('One') }, { One: { Resources: {}, Rules: { Mine: {} } } }),
      'the template rule Mine',
    ],
  ]
  it.each(refused)('refuses %s', async (_, make, message) => {
    await expect(readAssembly(await make())).rejects.toThrow(message)
  })
})
