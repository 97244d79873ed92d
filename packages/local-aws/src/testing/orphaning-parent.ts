/** A program that starts a function, tells who runs it, and waits to be killed. Its argument: an empty folder. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../clock.js'
import { Directory } from '../iam/index.js'
import { FunctionRuntime } from '../lambda/index.js'

const [, , codeDirectory = ''] = process.argv
writeFileSync(
  join(codeDirectory, 'index.mjs'),
  'export const handler = async () => ({ pid: process.pid, root: process.env.LAMBDA_TASK_ROOT })',
)
const directory = new Directory({ accountId: '123456789012', clock: systemClock })
const { accessKey } = directory.createUser('stands-for-the-role')
const runtime = new FunctionRuntime(
  {
    functionName: 'orphan',
    arn: 'arn:aws:lambda:eu-west-1:123456789012:function:orphan',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    codeDirectory,
    environment: {},
    timeoutSeconds: 10,
    memoryMegabytes: 128,
    roleArn: '',
    logGroup: '',
    logFormat: 'Text',
  },
  {
    region: 'eu-west-1',
    clock: systemClock,
    journal: () => {},
    caFile: join(codeDirectory, 'index.mjs'),
    endpoints: {},
    credentials: () => accessKey,
    expiresAt: () => Number.POSITIVE_INFINITY,
  },
)
const result = await runtime.invoke({})
if (result.outcome === 'ok') process.send?.(result.payload as object)
setInterval(() => {}, 1000)
