import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { deployedStack } from './deployed-stack.js'

const url = 'https://abc.execute-api.eu-central-1.amazonaws.com/credentials'

function file(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'outputs-')), 'cdk-outputs.json')
  writeFileSync(path, content)
  return path
}

describe('deployedStack', () => {
  it('finds the stack with a vendor among other stacks', () => {
    const outputs = { Network: { VpcId: 'vpc-1' }, TopicCredentials: { CredentialsUrl: url, Region: 'eu-central-1' } }
    expect(deployedStack(file(JSON.stringify(outputs)))).toMatchObject({ credentialsUrl: url, region: 'eu-central-1' })
  })

  it.each([
    ['not JSON', '{', 'JSON'],
    ['not an object', '[]', 'not a JSON object'],
    ['no vendor', '{"A":{"B":"c"}}', 'no stack has the outputs CredentialsUrl'],
    [
      'two vendors',
      JSON.stringify({ A: { CredentialsUrl: url }, B: { CredentialsUrl: url } }),
      'several stacks (A and B) have the outputs CredentialsUrl',
    ],
  ])('refuses a file with %s and names it', (_, content, why) => {
    const path = file(content)
    const call = () => deployedStack(path)
    expect(call).toThrow(why)
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_argument', value: path }))
  })

  it('names the missing file', () => {
    expect(() => deployedStack('/nowhere/cdk-outputs.json')).toThrow('/nowhere/cdk-outputs.json')
  })
})
