// The stand-in, and the environments of the programs.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { announce, startLocalAws } from '../dist/index.js'
import { send } from '../dist/testing/https-client.js'

function path(relative) {
  return fileURLToPath(new URL(relative, import.meta.url))
}
const timeoutMs = 60_000

/** Runs a program until it exits. Returns `undefined` if it is not installed. */
export async function run(program, args, env = process.env) {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, timeout: timeoutMs })
    return { code: 0, text: (stdout || stderr).trim() }
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    const text = (error.stderr || error.stdout || error.message).trim()
    return { code: error.killed ? `no end within ${timeoutMs / 1000} s` : error.code, text }
  }
}

/** A running stand-in with the environment that `pnpm local --env` prints for it. */
export async function startTestStack() {
  const aws = await startLocalAws({ assembly: process.env.ASSEMBLY ?? path('../../../cdk.out'), triggers: false })
  const folder = mkdtempSync(join(tmpdir(), 'stock-clients-'))
  // Marks this folder as a project root, so that the announcement of another stand-in is not touched.
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), '')
  const announcement = await announce(aws, { directory: folder })
  const stack = Object.values(aws.outputs).find(({ CredentialsUrl }) => CredentialsUrl !== undefined)
  const developer = await printedEnvironment(folder)
  const as = ({ accessKeyId, secretAccessKey, sessionToken }) => ({
    ...developer,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
  })
  const vended = await vend(aws, stack.CredentialsUrl)
  return {
    region: aws.region,
    credentialsUrl: stack.CredentialsUrl,
    roleArn: stack.RoleArn,
    iotPort: aws.iot.port,
    caFile: aws.caFile,
    environments: {
      /** The environment of a developer's shell. */
      developer,
      /** The same with one character of the secret key changed. */
      tampered: as({ ...aws.developer, secretAccessKey: otherEnd(aws.developer.secretAccessKey) }),
      /** Credentials vended to the developer. */
      vended: as(vended),
      /** The credentials of the vending function: the only ones that may assume the role. */
      vendor: as(
        aws.directory.addSession({ role: vendorRole(aws, stack), sessionName: 'vendor', durationSeconds: 900 }),
      ),
    },
    async close() {
      await announcement.remove()
      await aws.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Evaluates the output of the command like a shell, in an otherwise clean environment. */
async function printedEnvironment(folder) {
  const { PATH, HOME, LANG = 'C.UTF-8', INIT_CWD: _, ...rest } = process.env
  const tools = Object.fromEntries(Object.entries(rest).filter(([name]) => /^(PYENV|PYTHON|VIRTUAL_ENV)/u.test(name)))
  const script =
    'cd "$1" && exports="$("$2" "$3" --env)" && eval "$exports" && exec "$2" -p "JSON.stringify(process.env)"'
  const args = ['-c', script, 'sh', folder, process.execPath, path('../dist/cli/main.js')]
  const { code, text } = await run('sh', args, { PATH, HOME, LANG, ...tools })
  if (code !== 0) throw new Error(`pnpm local --env failed: ${text}`)
  return JSON.parse(text)
}

async function vend(aws, url) {
  const { status, body } = await send(aws.ca, url, {
    method: 'POST',
    key: aws.developer,
    region: aws.region,
    body: '{}',
  })
  if (status !== 200) throw new Error(`The vendor responded with ${status}: ${body}`)
  return JSON.parse(body).credentials
}

function vendorRole(aws, { FunctionName }) {
  return aws.directory.role(aws.functions.get(FunctionName).configuration.roleArn)
}

function otherEnd(text) {
  return text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A')
}
