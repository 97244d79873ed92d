import { writeFile } from 'node:fs/promises'
import { userPath, withRemedy } from '@topic-credentials/project'
import { ProbeError } from '../errors.js'
import { runProbe } from '../probe.js'
import type { Answer } from '../questions/question.js'
import { summary, surprises, transcript } from '../report.js'
import { deletionCommand } from '../stack/probe-stack.js'
import { confirm } from './confirm.js'
import { findTarget } from './find-target.js'
import { interruption } from './interruption.js'

export interface ProbeCommand {
  readonly yes?: true
  readonly region?: string
  readonly iotEndpoint?: string
  readonly transcript: string
  readonly only?: readonly string[]
}

/** Runs the command. @returns its exit code @throws ProbeError */
export async function probe(command: ProbeCommand): Promise<number> {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const { target, patience } = findTarget(command)
  const answers: Answer[] = []
  let held: string | undefined
  const stopping = interruption(say, () => {
    if (held === undefined) return
    process.stderr.write(`The stack ${held} still exists. Delete it: ${deletionCommand(held)}\n`)
  })
  try {
    await runProbe({
      ...{ target, patience, say, signal: stopping.signal },
      ...(command.only === undefined ? {} : { only: command.only }),
      answered: (answer) => answers.push(answer),
      holds: (stackName) => {
        held = stackName
      },
      agreed: async ({ accountId, arn, region }) => {
        say(`Account ${accountId}, ${region}, as ${arn}`)
        if (command.yes === true) return true
        return confirm('Deploy a stack there, and delete it at the end? [y/N] ', stopping)
      },
    })
  } catch (error) {
    if (!(error instanceof ProbeError) || error.code !== 'aborted') throw error
    process.stderr.write(`${withRemedy(error)}\n`)
    return stopping.exitCode
  } finally {
    // The answers from before a failure are written too: they took up to half an hour.
    if (answers.length > 0) say(`Written to ${await write(command, answers, target.region)}`)
  }
  for (const line of ['', ...summary(answers)]) say(line)
  if (answers.some(({ answer }) => answer === undefined)) return 2
  return surprises(answers).length === 0 ? 0 : 1
}

async function write({ transcript: name }: ProbeCommand, answers: readonly Answer[], region: string): Promise<string> {
  const file = userPath(name)
  await writeFile(file, transcript(answers, region))
  return file
}
