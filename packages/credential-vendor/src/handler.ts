import { readFileSync } from 'node:fs'
import { accessTable, appFunction } from './access/function-calls.js'
import { readEnvironment } from './environment.js'
import { assumeRoleWith } from './sts/assume-role.js'
import { stsClient } from './sts/sts-client.js'
import { vendingHandler } from './vending-handler.js'

/** Lambda's entry point, and the only module that reads the environment. A failure here occurs at cold start. */
const environment = readEnvironment(process.env)

/** The Lambda handler. */
export const handler = vendingHandler({
  environment,
  entitlements: JSON.parse(readFileSync(new URL('./entitlements.json', import.meta.url), 'utf8')),
  assumeRole: assumeRoleWith(stsClient(environment.region, process.env)),
  table: accessTable(environment, process.env),
  app: appFunction(environment, process.env),
  write: (line) => process.stdout.write(line),
})
