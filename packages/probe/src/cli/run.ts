import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { userPath } from '@topic-credentials/project'
import { runProbe } from '../probe.js'
import { summary, surprises, transcript } from '../report.js'
import { findTarget } from './find-target.js'

export interface ProbeCommand {
  readonly yes?: true
  readonly region?: string
  readonly iotEndpoint?: string
  readonly transcript: string
  readonly only?: readonly string[]
}

/** The whole command; its exit code. */
export async function probe(command: ProbeCommand): Promise<number> {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const { target, patience } = findTarget(command)
  const { answers } = await runProbe({
    ...{ target, patience, say, signal: interruption(say) },
    ...(command.only === undefined ? {} : { only: command.only }),
    agreed: async ({ accountId, arn, region }) => {
      say(`Account ${accountId}, ${region}, as ${arn}`)
      return command.yes === true || (await yes('Deploy a stack there, and delete it at the end? [y/N] '))
    },
  })
  const file = userPath(command.transcript)
  await writeFile(file, transcript(answers, target.region))
  for (const line of ['', ...summary(answers), `Written to ${file}`]) say(line)
  if (answers.some(({ answer }) => answer === undefined)) return 2
  return surprises(answers).length === 0 ? 0 : 1
}

/** Ctrl-C ends the questions; the stack is deleted all the same. A second one does not wait for that. */
function interruption(say: (line: string) => void): AbortSignal {
  const stopped = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say('Stopping. The stack is deleted first; a second Ctrl-C does not wait for that.')
      process.once(name, () => process.exit(130))
      stopped.abort()
    })
  }
  return stopped.signal
}

async function yes(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const asking = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(?:es)?$/iu.test((await asking.question(question)).trim())
  } finally {
    asking.close()
  }
}
