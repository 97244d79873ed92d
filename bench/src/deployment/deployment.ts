import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import type { Bench, Findings } from '../bench.js'
import { assembly, root } from '../checkout.js'
import { figure, range, summary } from '../measure/summary.js'
import { ServedRequests } from './served-requests.js'

const runCount = 5
const targetMs = 1_000

/** How much of a `cdk deploy` is the stand-in's. */
export const deployment: Bench = {
  name: 'deployment',
  summary: 'How much of a first `cdk deploy` into the stand-in is its own: answers and realisation',
  run,
}

interface Deployed {
  /** Milliseconds, from the start of the command to its end. */
  readonly command: number
  /** Of the requests that the command made. */
  readonly answers: number
  readonly requests: number
  /** From the order to execute the change set to the last resource that is complete. */
  readonly realisation: number
}

async function run(say: (line: string) => void): Promise<Findings> {
  const runs: Record<'without' | 'with', Deployed[]> = { without: [], with: [] }
  for (let round = 1; round <= runCount; round++) {
    for (const check of ['without', 'with'] as const) runs[check].push(await measure(check === 'with'))
    say(`round ${round} of ${runCount}`)
  }
  return findings(runs)
}

async function measure(triggers: boolean): Promise<Deployed> {
  const folder = mkdtempSync(join(tmpdir(), 'deployment-'))
  let ordered = 0
  let completed = 0
  try {
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ notices: false, versionReporting: false }))
    await using aws = await startLocalAws({
      state: join(folder, 'account'),
      triggers,
      journal: ({ service, event }) => {
        if (service !== 'cloudformation') return
        if (event === 'ExecuteChangeSet') ordered = performance.now()
        // Of the last resource.
        if (event === 'CREATE_COMPLETE') completed = performance.now()
      },
    })
    using served = new ServedRequests(Number(new URL(aws.endpoints.endpoint).port))
    const began = performance.now()
    await deploy(aws, folder)
    const command = performance.now() - began
    return { command, answers: served.milliseconds, requests: served.count, realisation: completed - ordered }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function deploy(aws: LocalAws, folder: string): Promise<void> {
  const { endpoints, caFile, region, developer } = aws
  const words = ['deploy', '--app', assembly, '--require-approval', 'never']
  const command = spawn(process.execPath, [join(root, 'node_modules/aws-cdk/bin/cdk'), ...words], {
    cwd: folder,
    env: {
      PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
      HOME: folder,
      CDK_DISABLE_VERSION_CHECK: '1',
      NODE_NO_WARNINGS: '1',
      AWS_ENDPOINT_URL: endpoints.endpoint,
      AWS_ENDPOINT_URL_S3: endpoints.endpoint,
      NODE_EXTRA_CA_CERTS: caFile,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: developer.accessKeyId,
      AWS_SECRET_ACCESS_KEY: developer.secretAccessKey,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(command.stderr)
  const [code] = await once(command, 'exit')
  if (code !== 0) throw new Error(`cdk deploy ended with ${code}: ${await said}`)
}

function findings(runs: Readonly<Record<'without' | 'with', readonly Deployed[]>>): Findings {
  const rows = (['without', 'with'] as const).flatMap((check) => {
    const row = (what: string, pick: (one: Deployed) => number) => {
      const figures = summary(runs[check].map(pick))
      return [`${check} the deploy check: ${what}`, figure(figures.median), range(figures), figures.runs]
    }
    return [
      row('the whole command, ms', ({ command }) => command),
      row('answers, ms', ({ answers }) => answers),
      row('requests', ({ requests }) => requests),
      row('realisation, ms', ({ realisation }) => realisation),
    ]
  })
  const own = summary(runs.without.map(({ answers, realisation }) => answers + realisation))
  return {
    tables: [{ title: 'A first `cdk deploy`', columns: ['what', 'median', 'min–max', 'runs'], rows }],
    pictures: [],
    targets: [
      {
        what: "Deployment: the stand-in's share of a first `cdk deploy`, answers and realisation",
        target: 'under 1 s',
        measured: `${figure(own.median)} ms`,
        met: own.median < targetMs,
      },
    ],
    method: `The real command line deploys the synthesized stack into an account that is empty and kept on disk, in turns with and without
the deploy check, whose own time is that of a function that connects, publishes and is refused. Answers are the time from the head of a request to the end of its
answer, at the endpoint that the command is aimed at; realisation is what happens from the order to execute the change set to the last resource
that is complete. The rest is the command's own: starting, reading the assembly, zipping, and looking every other second.`,
  }
}
