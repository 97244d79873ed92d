import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ConnectOptions } from '../../connect.js'
import type { TestAccount } from './test-account.js'

const program = fileURLToPath(new URL('../programs/listen.js', import.meta.url))

/** Runs a program that has subscribed to `test`. */
export async function listeningProgram(
  { aws }: TestAccount,
  options: Partial<ConnectOptions>,
): Promise<{ child: ChildProcess; clientId: string }> {
  const { outputs, region, ca, developer } = aws
  const { accessKeyId, secretAccessKey } = developer
  const credentials = { accessKeyId, secretAccessKey }
  const target = { url: outputs.TopicCredentials?.CredentialsUrl, region, ca, credentials, options }
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(process.execPath, [program], { env: { ...env, TARGET: JSON.stringify(target) } })
  const [clientId] = await once(child.stdout, 'data')
  return { child, clientId: String(clientId) }
}
