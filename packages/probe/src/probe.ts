import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { domainOf, ProbeAccount } from './account.js'
import { ProbeError } from './errors.js'
import { normalise } from './normalise.js'
import { allQuestions } from './questions/index.js'
import type { Answer, Question } from './questions/question.js'
import { answerLine } from './report.js'
import { ProbeStack } from './stack/probe-stack.js'
import type { Keys, Patience, Target } from './target.js'

export interface ProbeOptions {
  readonly target: Target
  readonly patience: Patience
  /** Whether to go on in this account, by its number and who asks. */
  readonly agreed: (account: {
    readonly accountId: string
    readonly arn: string
    readonly region: string
  }) => Promise<boolean>
  readonly say: (line: string) => void
  /** Ctrl-C: no further question, and the stack is deleted. */
  readonly signal: AbortSignal
  /** Names of questions; default: all. */
  readonly only?: readonly string[]
}

export interface ProbeResult {
  readonly answers: readonly Answer[]
  /** Everything of the account that may not be shown. */
  readonly names: readonly string[]
}

/**
 * Deploys a stack, asks every question in it, and deletes it, whatever happened.
 *
 * @throws ProbeError; what failed first, where the stack could be deleted
 */
export async function runProbe(options: ProbeOptions): Promise<ProbeResult> {
  const { target, patience, agreed, say, signal, only } = options
  const clients = clientsOf(target)
  try {
    const {
      Account: accountId = '',
      Arn: arn = '',
      UserId: userId = '',
    } = await clients
      .sts()
      .send(new GetCallerIdentityCommand())
      .catch((error: Error) => {
        throw new ProbeError('no_account', `The credentials do not work: ${error.message}`, {
          remedy: 'Set AWS_PROFILE, or sign in: aws sso login.',
        })
      })
    if (!(await agreed({ accountId, arn, region: target.region }))) {
      throw new ProbeError('no_account', 'Nothing was done', { value: accountId, remedy: 'Say yes, or give --yes.' })
    }
    const prefix = `probe-${randomBytes(4).toString('hex')}`
    const { cloudFormation } = clients
    const stack = new ProbeStack({ cloudFormation, stackName: prefix, prefix, userId, look: patience.look, say })
    let account: ProbeAccount | undefined
    try {
      say(`Deploying the stack ${prefix}: a minute or two …`)
      const outputs = await stack.create(signal)
      const iotEndpoint = target.iotEndpoint ?? (await iotEndpointOf(target, clients))
      account = new ProbeAccount({
        target,
        patience,
        iam: clients.iam,
        stsAs: clients.sts,
        iotEndpoint,
        outputs,
        prefix,
      })
      const answers = await askAll(account, { say, signal, only, names: [prefix, accountId, arn, userId, iotEndpoint] })
      return { answers, names: [prefix, accountId, arn, userId, iotEndpoint] }
    } finally {
      await account?.close()
      // An inline policy that a question has left is in the way.
      await account?.deletePolicy().catch(() => {})
      await stack.destroy()
    }
  } finally {
    clients.destroy()
  }
}

interface AskOptions extends Pick<ProbeOptions, 'say' | 'signal'> {
  readonly only: readonly string[] | undefined
  readonly names: readonly string[]
}

async function askAll(account: ProbeAccount, { say, signal, only, names }: AskOptions): Promise<Answer[]> {
  const { ending, questions } = allQuestions()
  const wanted = questions.filter(({ name }) => only === undefined || only.includes(name))
  await ending.begin(account)
  const answers: Answer[] = []
  for (const question of wanted) {
    if (signal.aborted) {
      throw new ProbeError('aborted', `Stopped before ${question.name}`, {
        remedy: 'Nothing is left of it; run it again.',
      })
    }
    const answer = await ask(account, question, names)
    answers.push(answer)
    say(answerLine(answer))
  }
  return answers
}

/** What cannot be asked is told, and the others go on. */
async function ask(account: ProbeAccount, question: Question, names: readonly string[]): Promise<Answer> {
  const notes: string[] = []
  const shown = (text: string) => normalise(text, names)
  try {
    const answer = await question.ask(account, (line) => notes.push(shown(line)))
    return { question, answer: shown(answer), notes }
  } catch (error) {
    const { name, message } = error as Error
    return { question, answer: undefined, notes, failure: shown(`${name}: ${message}`) }
  }
}

function clientsOf(target: Target) {
  const { region, ca, endpoint } = target
  const requestHandler = ca === undefined ? {} : { requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) } }
  const shared = { region, ...(endpoint === undefined ? {} : { endpoint }), ...requestHandler }
  const credentials = async () => identityOf(await target.keys())
  const open: { destroy(): void }[] = []
  const opened = <T extends { destroy(): void }>(client: T): T => {
    open.push(client)
    return client
  }
  return {
    cloudFormation: opened(new CloudFormationClient({ ...shared, credentials })),
    iam: opened(new IAMClient({ ...shared, credentials })),
    sts: (keys?: Keys) =>
      opened(new STSClient({ ...shared, credentials: keys === undefined ? credentials : identityOf(keys) })),
    destroy: () => {
      for (const client of open) client.destroy()
    },
  }
}

function identityOf({ accessKeyId, secretAccessKey, sessionToken }: Keys) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** @see https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeEndpoint.html */
async function iotEndpointOf(target: Target, { iam, sts }: ReturnType<typeof clientsOf>): Promise<string> {
  const { region } = target
  const asks = new ProbeAccount({
    ...{ target, iam, stsAs: sts, iotEndpoint: '', outputs: {}, prefix: '' },
    patience: { silence: 0, look: 0, change: 0, expired: async () => {} },
  })
  const url = new URL(`https://iot.${region}.${domainOf(region)}/endpoint?endpointType=iot%3AData-ATS`)
  const { status, text } = await asks.call(await target.keys(), 'iot', url)
  if (status === 200) return String((JSON.parse(text) as { endpointAddress: unknown }).endpointAddress)
  throw new ProbeError('not_deployed', `AWS IoT did not name its endpoint: HTTP ${status} ${text}`, {
    value: region,
    remedy: 'Your identity needs iot:DescribeEndpoint, and the Region AWS IoT Core.',
  })
}
