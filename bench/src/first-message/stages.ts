import type { Moments } from './programs/report.js'
import type { ServerMoments } from './server-moments.js'

/** What happens between the start of a process and its first own message, in order. */
export const messageStages = [
  'process start',
  'import',
  'vend',
  'load the rest, sign, TCP',
  'TLS',
  'WebSocket upgrade',
  'CONNECT, CONNACK',
  'SUBACK',
  'message',
] as const

export type Stages = Readonly<Record<(typeof messageStages)[number], number>>

/** Milliseconds of each stage; a stage that a program has not got takes none. */
export function stagesOf(started: number, client: Moments, server: ServerMoments): Stages {
  const { begun, imported, vended = imported, connack, suback, message } = client
  const moments = [
    started,
    begun,
    imported,
    vended,
    server.accepted,
    server.secure,
    server.upgrade,
    connack,
    suback,
    message,
  ]
  const lengths = messageStages.map((name, index) => {
    const [from, to] = [moments[index], moments[index + 1]]
    if (from === undefined || to === undefined) throw new Error(`Nobody saw the end of '${name}'`)
    return [name, to - from]
  })
  return Object.fromEntries(lengths) as Stages
}

export function total(stages: Stages): number {
  return messageStages.reduce((sum, name) => sum + stages[name], 0)
}
