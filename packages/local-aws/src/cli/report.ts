import { commandLine } from '@topic-credentials/project'
import type { JournalEntry } from '../journal.js'
import type { LocalAws, Served } from '../local-aws-types.js'

/** A step of the deployment, in the format of `cdk deploy`. */
export function deploymentLine({ at, event, detail, fields = {} }: JournalEntry): string {
  const total = String(fields.total)
  const count = `${String(fields.index).padStart(total.length)}/${total}`
  const time = new Date(at).toLocaleTimeString('en-US')
  const parts = [fields.stackName, count, time.padStart(11), event, fields.type, fields.logicalId]
  return `${parts.join(' | ')}${detail === undefined ? '' : ` ${detail}`}`
}

/** Printed when every endpoint responds. */
export function servingLines({ endpoints, accountId, region, caFile }: Served, seconds: number): string[] {
  return [
    '',
    `AWS IoT      wss://${endpoints.iot}/mqtt`,
    ...(endpoints.api === endpoints.endpoint ? [] : [`HTTP API     ${endpoints.api}`]),
    `STS          ${endpoints.sts}`,
    `IAM          ${endpoints.iam}`,
    `all services ${endpoints.endpoint}`,
    ...(endpoints.dynamodb === undefined ? [] : [`DynamoDB     ${endpoints.dynamodb}`]),
    `browsers     ${endpoints.plain} and ${endpoints.plain.replace('http', 'ws')}, without a certificate`,
    ...(endpoints.issuer === undefined ? [] : [`token issuer ${endpoints.issuer}`]),
    `account      ${accountId}, ${region}`,
    `CA           ${caFile}`,
    'enforcement: on',
    `serving after ${seconds.toFixed(2)}s`,
    '',
  ]
}

/**
 * Printed when the deployment is complete and its own checks have passed.
 *
 * @param seconds duration; undefined if the stacks were restored
 */
export function startedLines(aws: LocalAws, seconds: number | undefined): string[] {
  const outputs = Object.entries(aws.outputs).flatMap(([stack, values]) =>
    Object.entries(values).map(([name, value]) => `${stack}.${name} = ${value}`),
  )
  if (aws.stacks.length === 0) return emptyLines
  return [
    '',
    ...aws.stacks.map(({ stackName }) => ` ✅  ${stackName}`),
    '',
    seconds === undefined ? 'Restored from the last run.' : `✨  Deployment time: ${seconds.toFixed(2)}s`,
    '',
    'Outputs:',
    ...outputs,
    '',
    `In another terminal: eval "$(${commandLine('local', '--env')})" points the AWS tools here. Press Ctrl-C to stop.`,
    '',
  ]
}

/** Printed for an empty account. */
const emptyLines = [
  'No stack is deployed yet. In another terminal:',
  '',
  `  ${commandLine('deploy:local')}`,
  '      deploys to this account with the real cdk deploy',
  `  eval "$(${commandLine('local', '--env')})"`,
  '      points cdk, aws-cli and the SDKs in that shell to this account',
  '',
  'Press Ctrl-C to stop. The next start restores the deployed stacks.',
  '',
]

/** One event as text; undefined for events that would only repeat another one. */
export function eventLine(entry: JournalEntry, { logs }: { readonly logs: boolean }): string | undefined {
  const { at, service, event, outcome, principal, detail, fields = {} } = entry
  const functionName = String(fields.functionName ?? '')
  if (service === 'lambda' && event === 'Log') {
    return logs
      ? `         │ ${functionName}: ${(detail ?? '').split('\n').map(visible).join('\n         │ ')}`
      : undefined
  }
  // The API's own line reports successful calls.
  if (service === 'lambda' && outcome === 'ok' && !logs) return undefined
  // The CONNECT's own line follows.
  if (service === 'iot' && event === 'Upgrade' && outcome === 'ok') return undefined
  const time = new Date(at).toTimeString().slice(0, 8)
  const mark = { ok: '✓', refused: '✗', failed: '!' }[outcome]
  const facts = Object.entries(fields)
    .filter(([name]) => !['requestId', 'accessKeyId', 'functionName', 'session'].includes(name))
    .map(([name, value]) => `${name}=${visible(short(String(value)))}`)
  const who = principal === undefined ? '' : ` ${visible(short(principal))}`
  const reason = outcome === 'ok' || detail === undefined ? '' : `\n           ${visible(detail)}`
  return `${time} ${mark} ${service} ${visible(event)}${outcome === 'ok' ? '' : ` ${outcome}`}${who} ${facts.join(' ')}${reason}`.trimEnd()
}

/** Shortens ARNs: the account is always the same. */
function short(arn: string): string {
  return arn.replace(/^arn:aws:(iam|sts)::\d+:/u, '')
}

/** Input from others may contain control characters, which are shown and not executed. */
function visible(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
