import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Announcement, announce, commandLine, findRunning, upToDate } from '@topic-credentials/project'
import { TopicCredentialsError } from '../../errors.js'
import { vendorIn } from './deployed-stack.js'
import type { Target } from './target.js'

/** A stand-in and its announcement. */
export interface StandIn extends Target {
  readonly announcement: Announcement
}

/** The assembly of a stack that accepts tokens of the stand-in's issuer. */
const tokensAssembly = '.local-aws/cdk.out.tokens'

/** The stand-in that runs for this project in another terminal, if any. */
export async function findStandIn(root: string): Promise<StandIn | undefined> {
  const found = await findRunning({ directory: root })
  if (found === undefined) return undefined
  const { running, notice } = await upToDate(root, found)
  const description = `the running stand-in (process ${running.pid})`
  if (Object.keys(running.outputs).length > 0) {
    return { ...target(running, description, async () => {}), ...(notice === undefined ? {} : { notice }) }
  }
  throw new TopicCredentialsError(`Nothing is deployed in ${description}`, {
    code: 'invalid_argument',
    value: root,
    remedy: `Deploy to it with \`${commandLine('deploy:local')}\`, or stop it: without a running stand-in, this command starts its own.`,
  })
}

/** Starts a stand-in for this project. Other terminals find it until this command ends. */
export function startStandIn(root: string, tell: (line: string) => void): Promise<StandIn> {
  return startWith(root, tell)
}

/** The same with a stack that accepts tokens, so that users can have claims. If there is none, uses the project's own stack. */
export function startStandInForTokens(root: string, tell: (line: string) => void): Promise<StandIn> {
  return startWith(
    root,
    tell,
    existsSync(join(root, tokensAssembly, 'manifest.json')) ? join(root, tokensAssembly) : undefined,
  )
}

async function startWith(root: string, tell: (line: string) => void, wanted?: string): Promise<StandIn> {
  // Loaded on demand, and only if it is installed: it is an optional peer dependency.
  const standIn = await import('@topic-credentials/local-aws').catch((cause: unknown) => {
    throw nothingToUse(root, cause)
  })
  const assembly = wanted ?? standIn.assemblyIn(root)
  if (assembly === undefined) throw nothingToUse(root)
  // The deploy check would delay the first message; `pnpm local`, the tests and every deployment run it.
  const aws = await standIn.startLocalAws({ assembly, triggers: false, caFolder: join(root, '.local-aws') })
  let known = {}
  let announcement = await announce(aws, { directory: root })
  const tellOthers = async (more: { readonly asOf: string } | { readonly failedAt: string }) => {
    known = 'asOf' in more ? { ...more, follows: true } : { ...known, ...more }
    announcement = await announce({ ...aws, ...known }, { directory: root })
  }
  const end = standIn.follow({
    aws,
    assembly,
    root,
    print: tell,
    caughtUp: (asOf) => tellOthers({ asOf: new Date(asOf).toISOString() }),
    failed: (asOf) => tellOthers({ failedAt: new Date(asOf).toISOString() }),
  })
  const description = 'a new stand-in (no deployed stack, no running stand-in)'
  const own = target(announcement.content, description, async () => {
    await end()
    await announcement.remove()
    await aws.close()
  })
  return { ...own, endsWithCommand: true }
}

function target(running: Announcement, description: string, dispose: () => Promise<void>): StandIn {
  return {
    announcement: running,
    description,
    credentialsUrl: vendorIn(() => running.outputs, description).credentialsUrl,
    region: running.region,
    credentials: running.developer,
    ca: running.ca,
    caFile: running.caFile,
    [Symbol.asyncDispose]: dispose,
  }
}

function nothingToUse(root: string, cause?: unknown): TopicCredentialsError {
  const first = cause === undefined ? 'Run' : 'Install a stand-in (npm install @topic-credentials/local-aws) and run'
  return new TopicCredentialsError(`There is no stack to use: ${root} has neither a deployed nor a synthesized one`, {
    code: 'invalid_argument',
    value: root,
    remedy: `${first} \`${commandLine('client')}\` in the project’s folder, or \`${commandLine('deploy')}\`, or pass --outputs FILE or --url URL.`,
    cause,
  })
}
