import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startBridge } from '../dist/iot/testing/bridge.js'
import { startPeersAccount } from './stand-in.js'

const program = fileURLToPath(new URL('paho.py', import.meta.url))

/** paho.mqtt.testing's tests of a broker, for both protocol versions. */
export async function runPaho(folder, say) {
  const results = []
  for (const [suite, module] of [
    ['paho 3.1.1', 'client_test'],
    ['paho 5', 'client_test5'],
  ]) {
    const { account, identity } = await startPeersAccount()
    const bridge = await startBridge(account, { identity })
    const child = spawn('python3', [program, join(folder, 'interoperability'), module, String(bridge.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    for await (const line of createInterface(child.stdout)) {
      const { test, passed, detail } = JSON.parse(line)
      results.push({ suite, test, passed, detail })
      say(`${suite}: ${test} ${passed ? 'passes' : `fails: ${detail}`}`)
    }
    const [code] = await exit
    if (code !== 0) throw new Error(`${program} ended with ${code}`)
    results.push(judged(suite, bridge))
    await bridge[Symbol.asyncDispose]()
    await account[Symbol.asyncDispose]()
  }
  return results
}

/** The judge's verdict on the bridge's packets, as a separate test. */
export function judged(suite, { violations }) {
  const test = 'every packet that the stand-in sent is what MQTT allows'
  return { suite, test, passed: violations.length === 0, detail: violations.slice(0, 3).join('; ') }
}
