import { messageOf } from '@topic-credentials/project'
import { ServiceError } from '../../protocols/service-error.js'
import { demand } from '../../protocols/signed-service.js'
import { RealisationError } from '../errors.js'
import type { Stack, StackDefinition } from '../stacks/stack.js'
import { parseTemplate } from '../template/parse.js'
import { checkTemplate, type Template } from '../template/template.js'
import { type ApiInput, invalid, pairs } from './input.js'

/** Maximum size of a template in a request, in characters, and in a bucket. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const largestBody = 51_200
const largestObject = 1_048_576

/**
 * The definition of a stack: template, parameters with their values, tags.
 *
 * @param former the current stack, for values to keep
 * @throws ServiceError
 */
export async function readDefinition(input: ApiInput, former?: Stack): Promise<StackDefinition> {
  const { parameters: query, stacks } = input
  const templateBody =
    query.get('UsePreviousTemplate') === 'true' && former !== undefined
      ? former.definition.templateBody
      : await templateText(input)
  const template = await readTemplate(templateBody, former?.stackName ?? query.get('StackName') ?? '')
  const parameters = readParameters(input, template, former)
  for (const [logicalId, { Type }] of Object.entries(template.Resources)) stacks.requireType(Type, logicalId)
  return {
    template,
    templateBody,
    parameters,
    resolvedParameters: fromSystemsManager(input, template, parameters),
    tags: pairs(query, 'Tags', 'Key', 'Value'),
  }
}

/** @throws ServiceError if it is not a template, or uses unsupported features */
export async function readTemplate(text: string, stackName: string): Promise<Template> {
  try {
    return checkTemplate(await parseTemplate(text), stackName)
  } catch (error) {
    if (error instanceof RealisationError) throw invalid(`Template error: ${error.message}`)
    throw invalid(`Template format error: ${messageOf(error)}`)
  }
}

/** `TemplateBody`, or the object at `TemplateURL`, read with the caller's permissions. */
export async function templateText({ call, parameters, buckets }: ApiInput): Promise<string> {
  const body = parameters.get('TemplateBody')
  if (body !== null) {
    if (body.length <= largestBody) return body
    throw invalid(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${largestBody}`,
    )
  }
  const url = parameters.get('TemplateURL')
  if (url === null) throw invalid('Either Template URL or Template Body must be specified.')
  const [bucket = '', key = ''] = bucketAndKey(url)
  demand(call, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`)
  const object = buckets.find(bucket, key)
  if (object === undefined) throw invalid(`S3 error: The specified key does not exist. (${url})`)
  if (object.size > largestObject) throw invalid(`Template may not exceed ${largestObject} bytes in size.`)
  return (await buckets.content(object)).toString()
}

/** Path style and S3's virtual-hosted style. */
function bucketAndKey(url: string): string[] {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw invalid('TemplateURL must be a supported URL.')
  }
  const path = decodeURIComponent(parsed.pathname.slice(1))
  const virtual = /^(.+)\.s3[.-]/u.exec(parsed.hostname)?.[1]
  return virtual === undefined ? path.split(/\/(.*)/su) : [virtual, path]
}

function readParameters({ parameters: query }: ApiInput, template: Template, former?: Stack): Record<string, string> {
  const given: Record<string, string> = {}
  const missing: string[] = []
  const supplied = pairs(query, 'Parameters', 'ParameterKey', 'ParameterValue')
  const previous = pairs(query, 'Parameters', 'ParameterKey', 'UsePreviousValue')
  const unknown = Object.keys(supplied).filter((name) => template.Parameters?.[name] === undefined)
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`)
  for (const [name, { Default }] of Object.entries(template.Parameters ?? {})) {
    const kept = previous[name] === 'true' ? former?.definition.parameters[name] : undefined
    const value = kept ?? supplied[name] ?? (Default === undefined ? undefined : String(Default))
    if (value === undefined) {
      missing.push(name)
    } else {
      given[name] = value
    }
  }
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`)
  return given
}

/** Parameters of type `AWS::SSM::Parameter::Value<…>`, read with the caller's permissions. */
function fromSystemsManager(
  { call, ssm, stacks: { services } }: ApiInput,
  template: Template,
  parameters: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = Object.entries(template.Parameters ?? {}).filter(([, { Type }]) =>
    Type.startsWith('AWS::SSM::Parameter::Value'),
  )
  return Object.fromEntries(
    names.map(([parameter]) => {
      const name = parameters[parameter] ?? ''
      const arn = `arn:aws:ssm:${services.region}:${services.accountId}:parameter/${name.replace(/^\//u, '')}`
      demand(call, 'ssm:GetParameters', arn)
      const found = ssm.find(name)
      if (found !== undefined) return [parameter, found.value] as const
      throw new ServiceError(
        'ValidationError',
        400,
        `Unable to fetch parameters [${name}] from parameter store for this account.`,
      )
    }),
  )
}
