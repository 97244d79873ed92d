import { fork } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a Node.js program of this package in a separate process until it has sent one message, and waits for its exit.
 *
 * @throws if it exits without a message or exceeds the time limit
 */
export async function messageOf<Message>(
  program: string,
  { args = [], env, seconds = 60 }: { args?: string[]; env: NodeJS.ProcessEnv; seconds?: number },
): Promise<Message> {
  const child = fork(program, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  const timer = setTimeout(() => child.kill(), seconds * 1000)
  try {
    const first = await Promise.race([once(child, 'message'), ended.then(() => undefined)])
    if (first === undefined) {
      throw new Error(`${program} exited without a result (${child.exitCode ?? child.signalCode})`)
    }
    await ended
    return first[0] as Message
  } finally {
    clearTimeout(timer)
  }
}
