import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { announce } from '@topic-credentials/project'
import { toolEnvironment } from '../cli/tool-variables.js'
import type { JournalEntry } from '../journal.js'
import { startLocalAws } from '../local-aws.js'
import type { LocalAws, LocalAwsOptions } from '../local-aws-types.js'
import { send } from './https-client.js'

/** The folder of this checkout. */
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const command = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk')

/** The pinned command line of the CDK as a process, against an account of its own. */
export interface TestCdk extends AsyncDisposable {
  readonly aws: LocalAws
  readonly journal: JournalEntry[]
  readonly folder: string
  /** Its output, without colours, and its exit code. */
  cdk(...words: string[]): Promise<{ readonly code: number; readonly output: string }>
  /** Synthesizes the app with these settings; the folder of the assembly. */
  synthesize(context?: Readonly<Record<string, string>>): Promise<string>
  /** Asks the deployed API for credentials, as the developer. */
  vend(): Promise<{ readonly status: number; readonly accessKeyId: string }>
  /** Another program in the environment that `--env` prints. */
  run(program: string, ...words: string[]): Promise<{ readonly code: number; readonly output: string }>
}

export async function openCdk(options: Pick<LocalAwsOptions, 'ignoreUnknown'> = {}): Promise<TestCdk> {
  const folder = await mkdtemp(join(tmpdir(), 'test-cdk-'))
  const journal: JournalEntry[] = []
  const aws = await startLocalAws({
    ...options,
    journal: (entry) => journal.push(entry),
    state: join(folder, 'account'),
  })
  await writeFile(
    join(folder, 'cdk.json'),
    JSON.stringify({ notices: false, versionReporting: false, context: { 'cli-telemetry': false } }),
  )
  const environment = async () => {
    const { content } = await announce(aws, { directory: folder })
    return { ...toolEnvironment(content), CDK_DISABLE_VERSION_CHECK: '1', INIT_CWD: folder, NODE_NO_WARNINGS: '1' }
  }
  const run = async (program: string, ...words: string[]) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      env: await environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code: Number(code), output: out + err }
  }
  let assemblies = 0
  return {
    aws,
    journal,
    folder,
    run,
    cdk: (...words) => run(command, ...words, '--no-color'),
    async vend() {
      const url = aws.outputs.TopicCredentials?.CredentialsUrl ?? ''
      const { status, body } = await send(aws.ca, url, { method: 'POST', key: aws.developer, region: aws.region })
      const answer = JSON.parse(body) as { credentials?: { accessKeyId: string } }
      return { status, accessKeyId: answer.credentials?.accessKeyId ?? '' }
    },
    async synthesize(context = {}) {
      assemblies += 1
      const assembly = join(folder, `cdk.out.${assemblies}`)
      const child = spawn(process.execPath, [join(root, 'infra/dist/bin/app.js')], {
        cwd: root,
        env: {
          ...process.env,
          CDK_OUTDIR: assembly,
          CDK_VALIDATION: 'false',
          CDK_CONTEXT_JSON: JSON.stringify(context),
          NODE_NO_WARNINGS: '1',
        },
        stdio: 'inherit',
      })
      const [code] = await once(child, 'close')
      if (code !== 0) throw new Error(`The app could not be synthesized with ${JSON.stringify(context)}`)
      return assembly
    },
    [Symbol.asyncDispose]: async () => {
      await aws.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
