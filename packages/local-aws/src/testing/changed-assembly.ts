import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestCdk } from './cdk.js'

/** Whom the topic role must not trust: what the deploy check is for. */
export const openTrust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] }],
}

/**
 * An assembly of the app in which the topic role of this name trusts everybody, so that the deploy check fails.
 *
 * @param context Settings that no other assembly of the test has: the template's name in S3 is made before it is changed, and the CDK uploads no name twice.
 */
export async function openedAssembly(
  account: TestCdk,
  roleName: string,
  context: Readonly<Record<string, string>>,
): Promise<string> {
  const assembly = await account.synthesize(context)
  await changeTemplate(assembly, (resources) => {
    for (const { Properties } of Object.values(resources)) {
      if (Properties?.RoleName === roleName) Properties.AssumeRolePolicyDocument = openTrust
    }
  })
  return assembly
}

/** One resource of a template that a test changes. */
export interface ChangedResource {
  readonly Type: string
  DeletionPolicy?: string
  readonly Properties?: { RoleName?: string; AssumeRolePolicyDocument?: object }
}

/** Changes the stack's template in an assembly, as an edit by hand would. */
export async function changeTemplate(
  assembly: string,
  change: (resources: Record<string, ChangedResource>) => void,
  stackName = 'TopicCredentials',
): Promise<void> {
  const file = join(assembly, `${stackName}.template.json`)
  const template = JSON.parse(await readFile(file, 'utf8')) as { Resources: Record<string, ChangedResource> }
  change(template.Resources)
  await writeFile(file, JSON.stringify(template))
}
