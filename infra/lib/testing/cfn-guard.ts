import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '@topic-credentials/project'

/** AWS's evaluator of CloudFormation rules with the rules of Control Tower, as a package that CDK Labs publishes. */
const published = {
  name: '@cdklabs/cdk-validator-cfnguard@0.0.62',
  tarball: 'cdklabs-cdk-validator-cfnguard-0.0.62.tgz',
  integrity: 'sha512-Sg2k8067B0AIJ82QFSLhHTUIqxOYTKABvVrTHiyc6j0rE2NHli2diIYqf+w+DkuDKCYYgMIOga3OrYMOHUw0mQ==',
} as const
const binaries: Readonly<Record<string, string>> = {
  'linux x64': 'ubuntu/x86_64',
  'linux arm64': 'ubuntu/aarch64',
  'darwin x64': 'macos/x86_64',
  'darwin arm64': 'macos/aarch64',
}
const run = promisify(execFile)

/** Whether there is a binary for this machine. */
export const hasGuard = binaries[`${process.platform} ${process.arch}`] !== undefined

/**
 * Names of the rules that a template breaks. The package is fetched once, 12 MB, into a folder of this checkout.
 *
 * @see https://docs.aws.amazon.com/controltower/latest/controlreference/proactive-controls.html
 */
export async function brokenRules(templateFile: string): Promise<string[]> {
  const folder = await fetched()
  const guard = join(folder, 'package/bin', binaries[`${process.platform} ${process.arch}`] ?? '', 'cfn-guard')
  const rules = join(folder, 'package/rules/control-tower/cfn-guard')
  await chmod(guard, 0o755)
  const words = ['validate', '--data', templateFile, '--rules', rules, '--structured', '--output-format', 'json']
  // 19: some rule is broken.
  const { stdout } = await run(guard, [...words, '--show-summary', 'none'], { maxBuffer: 2 ** 28 }).catch(
    (error: Error & { code?: unknown; stdout?: string }) => {
      if (error.code === 19 && error.stdout !== undefined) return { stdout: error.stdout }
      throw error
    },
  )
  const reports = JSON.parse(stdout) as {
    readonly not_compliant: readonly { readonly Rule: { readonly name: string } }[]
  }[]
  return [...new Set(reports.flatMap((report) => report.not_compliant.map(({ Rule }) => Rule.name)))].sort()
}

async function fetched(): Promise<string> {
  const folder = join(projectRoot(), 'node_modules/.topic-credentials/cfn-guard')
  if (existsSync(join(folder, 'package/rules'))) return folder
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await run('npm', ['pack', published.name, '--silent', '--ignore-scripts'], { cwd: folder })
  const digest = createHash('sha512')
    .update(await readFile(join(folder, published.tarball)))
    .digest('base64')
  if (`sha512-${digest}` !== published.integrity) throw new Error(`${published.name} is not what was published`)
  await run('tar', ['xzf', published.tarball], { cwd: folder })
  return folder
}
