import { type LocalAws, type LocalAwsOptions, startLocalAws } from '@topic-credentials/local-aws'
import { type ProbeOptions, type ProbeResult, runProbe } from '../probe.js'
import type { Keys, Patience, Target } from '../target.js'

/** A stand-in that is probed by a caller with all permissions. */
export interface ProbedAccount extends AsyncDisposable {
  readonly aws: LocalAws
  readonly target: Target
  /** The caller. */
  keys: Keys
  /** The printed lines. */
  readonly said: string[]
  probe(options?: Partial<ProbeOptions>): Promise<ProbeResult>
}

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

export async function openProbedAccount(options: LocalAwsOptions = {}): Promise<ProbedAccount> {
  const aws = await startLocalAws({ region: 'eu-west-1', ...options })
  const keys = aws.createUser('prober', everything)
  const { region, ca, endpoints } = aws
  const target: Target = {
    ...{ region, ca, endpoint: endpoints.endpoint, iotEndpoint: endpoints.iot },
    keys: async () => keys,
  }
  const patience: Patience = {
    ...{ silence: 0, look: 10, change: 2_000 },
    expired: async ({ accessKeyId }) => {
      aws.faults.expireCredentials(accessKeyId)
      aws.iot.sweep()
    },
  }
  const said: string[] = []
  const say = (line: string) => said.push(line)
  const signal = new AbortController().signal
  return {
    ...{ aws, target, said, keys },
    probe: (more = {}) => runProbe({ target, patience, say, signal, agreed: async () => true, ...more }),
    [Symbol.asyncDispose]: () => aws.close(),
  }
}
