import { readFile } from 'node:fs/promises'
import { expect, it } from '@jest/globals'
import { type Served, startLocalAws } from './index.js'
import { httpApi, lambdaFunction, lambdaRole, triggerOf, writeAssembly } from './testing/assembly.js'
import { closedGate, passGate } from './testing/gate.js'
import { send } from './testing/https-client.js'

/** A stack with a trigger whose function waits at the gate, and then succeeds or fails. */
async function stackWithTrigger(port: number, outcome: 'return' | 'throw') {
  const Resources = {
    ...triggerOf('Check', 'check'),
    Role: lambdaRole(),
    Check: lambdaFunction('check', 'Role'),
    ...httpApi('Check', { 'POST /credentials': { AuthorizationType: 'AWS_IAM' } }),
  }
  const source = `${passGate}
    export const handler = async () => {
      await pass(${port})
      ${outcome} ${outcome === 'throw' ? "new Error('the neighbour can read it')" : "'fine'"}
    }`
  return writeAssembly({ Resources }, { check: source })
}

function start(assembly: string) {
  let served: (served: Served) => void = () => {}
  const serving = new Promise<Served>((resolve) => {
    served = resolve
  })
  const complete: string[] = []
  const started = startLocalAws({
    assembly,
    serving: served,
    journal: ({ event, fields }) => {
      if (event === 'CREATE_COMPLETE') complete.push(String(fields?.logicalId))
    },
  })
  started.catch(() => {})
  return { serving, started, complete }
}

it('serves while a trigger still runs, and is not deployed before it has passed', async () => {
  await using gate = await closedGate()
  await using assembly = await stackWithTrigger(gate.port, 'return')
  const { serving, started, complete } = start(assembly.directory)
  const { endpoints, caFile, id } = await serving
  await gate.held(1)
  const ca = await readFile(caFile, 'utf8')
  expect(JSON.parse((await send(ca, `${endpoints.api}/_local/health`, {})).body)).toMatchObject({ id })
  expect(await send(ca, `${endpoints.api}/credentials`, { method: 'POST' })).toMatchObject({ status: 403 })
  expect(complete).not.toContain('Trigger')
  gate.open()
  await using aws = await started
  expect(aws.endpoints).toEqual(endpoints)
  expect(complete.at(-1)).toBe('Trigger')
})

it('fails the deployment when a trigger fails, and serves nothing any more', async () => {
  await using gate = await closedGate()
  await using assembly = await stackWithTrigger(gate.port, 'throw')
  const { serving, started } = start(assembly.directory)
  const { endpoints } = await serving
  await gate.held(1)
  gate.open()
  await expect(started).rejects.toThrow(
    'Custom::Trigger | Trigger: Trigger handler failed: Error: the neighbour can read it',
  )
  await expect(send('', `${endpoints.api}/_local/health`, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
