import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Announcement, announce, findRunning } from '@topic-credentials/project'
import { TopicCredentialsError } from '../../errors.js'
import { vendorIn } from './deployed-stack.js'
import type { Target } from './target.js'

/** A stand-in that another terminal runs for this project, if there is one. */
export async function findStandIn(root: string): Promise<Target | undefined> {
  const running = await findRunning({ directory: root })
  if (running === undefined) return undefined
  const description = `the stand-in that is running already (process ${running.pid})`
  if (Object.keys(running.outputs).length > 0) return target(running, description, async () => {})
  throw new TopicCredentialsError(`Nothing is deployed in ${description}`, {
    code: 'invalid_argument',
    value: root,
    remedy: 'Deploy into it with `npm run deploy:local`, or end it: without one, this command starts its own.',
  })
}

/** Starts a stand-in for this project, which the next terminal finds until this command ends. */
export async function startStandIn(root: string): Promise<Target> {
  const assembly = join(root, 'cdk.out')
  if (!existsSync(join(assembly, 'manifest.json'))) throw nothingToUse(root)
  // Loaded only when it is needed, and only there in a checkout: it is a development dependency.
  const { startLocalAws } = await import('@topic-credentials/local-aws')
  // The deploy check would keep the first message waiting; `pnpm local`, the tests and every deployment run it.
  const aws = await startLocalAws({ assembly, triggers: false, caFolder: join(root, '.local-aws') })
  const announcement = await announce(aws, { directory: root })
  const description = 'a stand-in of its own: nothing is deployed, none is running'
  const own = target(announcement.content, description, async () => {
    await announcement.remove()
    await aws.close()
  })
  return { ...own, endsWithCommand: true }
}

function target(running: Announcement, description: string, dispose: () => Promise<void>): Target {
  return {
    description,
    credentialsUrl: vendorIn(() => running.outputs, description).credentialsUrl,
    region: running.region,
    credentials: running.developer,
    ca: running.ca,
    caFile: running.caFile,
    [Symbol.asyncDispose]: dispose,
  }
}

function nothingToUse(root: string): TopicCredentialsError {
  return new TopicCredentialsError(
    `There is nothing to connect to: no deployed stack and no synthesized one in ${root}`,
    {
      code: 'invalid_argument',
      value: root,
      remedy: 'Run `npm start` in the project’s folder, or `pnpm cdk deploy`, or give --outputs FILE or --url URL.',
    },
  )
}
