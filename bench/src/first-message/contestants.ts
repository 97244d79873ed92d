import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { messageOf } from '../measure/child.js'
import type { Moments } from './programs/report.js'

/** A program that connects, subscribes, publishes and receives, and reports the time of each step. */
export interface Contestant {
  readonly what: string
  /** Whether it requests credentials itself, or is started with credentials. */
  readonly vends: boolean
  run(environment: NodeJS.ProcessEnv): Promise<Moments>
}

function here(file: string) {
  return fileURLToPath(new URL(file, import.meta.url))
}

function node(program: string, more: NodeJS.ProcessEnv = {}): Contestant['run'] {
  return (environment) => messageOf(here(`./programs/${program}.js`), { env: { ...environment, ...more } })
}

export const contestants: Readonly<Record<string, Contestant>> = {
  ours: { what: 'ours, MQTT 5', vends: false, run: node('ours') },
  sdk5: { what: 'device SDK, MQTT 5', vends: false, run: node('sdk5') },
  oursWebSocket: { what: 'ours, websocket', vends: false, run: node('ours', { TRANSPORT: 'websocket' }) },
  ours3: { what: 'ours, MQTT 3.1.1', vends: false, run: node('ours', { MQTT: '3' }) },
  sdk3: { what: 'device SDK, MQTT 3.1.1', vends: false, run: node('sdk3') },
  mqttjs: { what: 'MQTT.js, MQTT 5', vends: false, run: node('mqttjs') },
  oursVending: { what: 'ours: vend + MQTT 5', vends: true, run: node('ours-vending') },
  oursWebSocketVending: {
    what: 'ours: vend + websocket',
    vends: true,
    run: node('ours-vending', { TRANSPORT: 'websocket' }),
  },
  sdk5Vending: { what: 'AWS SDK AssumeRole + device SDK, MQTT 5', vends: true, run: node('sdk5-vending') },
}

/** The article's own program, if a Python installation has boto3 and awscrt. */
export function articleProgram(): Contestant | undefined {
  const has = (python: string) => spawnSync(python, ['-c', 'import boto3, awscrt.mqtt']).status === 0
  const python = ['python3', '/usr/bin/python3'].find(has)
  if (python === undefined) return undefined
  const program = here('../../src/first-message/programs/article.py')
  const run = async (env: NodeJS.ProcessEnv) => {
    const { stdout } = await promisify(execFile)(python, [program], { env, timeout: 60_000 })
    return JSON.parse(stdout) as Moments
  }
  return { what: "the article's program: Python, boto3 + awscrt, MQTT 3.1.1", vends: true, run }
}
