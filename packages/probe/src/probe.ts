import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { ProbeAccount } from './account.js'
import { ProbeError, stopped } from './errors.js'
import { normalise } from './normalise.js'
import { allQuestions } from './questions/index.js'
import type { Answer, Question } from './questions/question.js'
import { answerLine } from './report.js'
import { domainOf, signedCall } from './signed-call.js'
import { ProbeStack } from './stack/probe-stack.js'
import type { Keys, Patience, Target } from './target.js'

export interface ProbeOptions {
  readonly target: Target
  readonly patience: Patience
  /** Asks whether to use this account. */
  readonly agreed: (account: {
    readonly accountId: string
    readonly arn: string
    readonly region: string
  }) => Promise<boolean>
  readonly say: (line: string) => void
  /** Stops the current question and deletes the stack. */
  readonly signal: AbortSignal
  /** Called with each answer, so that the answers are not lost if a later step fails. */
  readonly answered?: (answer: Answer) => void
  /** Called with the stack's name before it is created, and with undefined after it is deleted. */
  readonly holds?: (stackName: string | undefined) => void
  /** Names of the questions to ask. Default: all. */
  readonly only?: readonly string[]
}

export interface ProbeResult {
  readonly answers: readonly Answer[]
  /** Strings that identify the account and must not be shown. */
  readonly names: readonly string[]
}

/**
 * Deploys a stack, asks the questions with it, and deletes it in every case.
 *
 * @throws ProbeError the first failure; or `not_destroyed` with the first failure as its cause, if the stack could not be deleted
 */
export async function runProbe(options: ProbeOptions): Promise<ProbeResult> {
  const { target, patience, agreed, say, signal, holds = () => {} } = options
  const clients = clientsOf(target)
  try {
    const { Account: accountId = '', Arn: arn = '', UserId: userId = '' } = await identity(clients, signal)
    if (!(await agreed({ accountId, arn, region: target.region }))) {
      if (signal.aborted) throw stopped('before the deployment')
      throw new ProbeError('no_account', 'Nothing was deployed', {
        value: accountId,
        remedy: 'Answer y, or pass --yes.',
      })
    }
    const prefix = `probe-${randomBytes(4).toString('hex')}`
    const { cloudFormation } = clients
    const settings = { cloudFormation, stackName: prefix, prefix, userId, look: patience.look, say, holds }
    const stack = new ProbeStack(settings)
    let account: ProbeAccount | undefined
    const finish = async (failure?: unknown) => {
      await account?.close()
      // An inline policy of an interrupted question would prevent the deletion of its role.
      await account?.deletePolicy().catch(() => {})
      await stack.destroy(failure)
    }
    try {
      say(`Deploying the stack ${prefix}: a minute or two …`)
      const outputs = await stack.create(signal)
      const iotEndpoint = target.iotEndpoint ?? (await iotEndpointOf(target, signal))
      const shared = { target, patience, signal, iam: clients.iam, stsAs: clients.sts }
      account = new ProbeAccount({ ...shared, iotEndpoint, outputs, prefix })
      const names = [prefix, accountId, arn, userId, iotEndpoint]
      const answers = await askAll(account, names, options)
      await finish()
      return { answers, names }
    } catch (error) {
      await finish(error)
      throw error
    }
  } finally {
    clients.destroy()
  }
}

function identity({ sts }: ReturnType<typeof clientsOf>, signal: AbortSignal) {
  return sts()
    .send(new GetCallerIdentityCommand(), { abortSignal: signal })
    .catch((error: Error) => {
      if (signal.aborted) throw stopped('before the deployment')
      throw new ProbeError('no_account', `STS does not accept the credentials: ${error.message}`, {
        remedy: 'Set AWS_PROFILE, or sign in with aws sso login.',
      })
    })
}

async function askAll(account: ProbeAccount, names: readonly string[], options: ProbeOptions): Promise<Answer[]> {
  const { say, signal, only, answered = () => {} } = options
  const { ending, questions } = allQuestions()
  const wanted = questions.filter(({ name }) => only === undefined || only.includes(name))
  if (wanted.some(({ name }) => ending.owns(name))) await ending.begin(account)
  const answers: Answer[] = []
  for (const question of wanted) {
    const { name, takes } = question
    say(`… ${name} (${answers.length + 1} of ${wanted.length}${takes === undefined ? '' : `; ${takes}`})`)
    const answer = await ask(account, question, names)
    if (signal.aborted) throw stopped(`during ${name}`)
    answers.push(answer)
    answered(answer)
    say(answerLine(answer))
  }
  return answers
}

/** Asks one question. A failure becomes part of the answer, so that the other questions are still asked. */
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
async function iotEndpointOf(target: Target, signal: AbortSignal): Promise<string> {
  const { region } = target
  const url = new URL(`https://iot.${region}.${domainOf(region)}/endpoint?endpointType=iot%3AData-ATS`)
  const { status, text } = await signedCall({ target, signal, keys: await target.keys(), service: 'iot', url })
  if (status === 200) return String((JSON.parse(text) as { endpointAddress: unknown }).endpointAddress)
  throw new ProbeError('not_deployed', `AWS IoT did not return its endpoint: HTTP ${status} ${text}`, {
    value: region,
    remedy: 'Use an identity with iot:DescribeEndpoint and a Region with AWS IoT Core.',
  })
}
