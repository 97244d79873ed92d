import type { Moments } from './programs/report.js'
import type { ServerMoments } from './server-moments.js'

/** The stages between the start of a process and its first message, in order. */
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

/** Milliseconds of each stage; 0 for a stage that a program does not have. */
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
    if (from === undefined || to === undefined) throw new Error(`The end of stage '${name}' was not recorded`)
    return [name, to - from]
  })
  return Object.fromEntries(lengths) as Stages
}

export function total(stages: Stages): number {
  return messageStages.reduce((sum, name) => sum + stages[name], 0)
}
