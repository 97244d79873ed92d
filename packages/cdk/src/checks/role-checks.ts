import { recordOf } from '@topic-credentials/grants'
import { type Part, type Vending, vendings } from './parts.js'
import { type Statement, statements } from './statements.js'
import { type Check, list, type Template, text, type Violation } from './template.js'

/** The actions of the topic role and their resource types. */
const topicActions: Readonly<Record<string, string>> = {
  'iot:connect': 'client',
  'iot:publish': 'topic',
  'iot:receive': 'topic',
  'iot:retainpublish': 'topic',
  'iot:subscribe': 'topicfilter',
}

/** The allowed actions of the vendor's role and their resources. */
const vendorActions: readonly {
  readonly actions: RegExp
  readonly on: (arn: string, vending: Vending, template: Template) => boolean
}[] = [
  {
    actions: /^logs:(createlogstream|putlogevents)$/u,
    on: (arn, _, template) => typeOf(arn, template) === 'AWS::Logs::LogGroup',
  },
  {
    // Only a table in this template, which the stack's own operators control.
    actions: /^dynamodb:batchgetitem$/u,
    on: (arn, _, template) => typeOf(arn, template) === 'AWS::DynamoDB::Table',
  },
  {
    actions: /^kms:(decrypt|describekey)$/u,
    on: (arn, _, template) => !/[*?]/u.test(arn) && tableKeys(template).includes(arn),
  },
  {
    // Only the function in ACCESS_FUNCTION. Its responses grant topics, so the statement must not include the vending function or a wildcard.
    actions: /^lambda:invokefunction$/u,
    on: (arn, { vendor }) => arn === appFunctionOf(vendor) && !/[*?]/u.test(arn) && !vendor.isNamedIn(arn),
  },
  {
    actions: /^sts:(assumerole|setsourceidentity)$/u,
    on: (arn, { topicRole }) => arn === `<${topicRole?.logicalId}.Arn>`,
  },
  // X-Ray has no resource type for traces.
  { actions: /^xray:(puttracesegments|puttelemetryrecords)$/u, on: (arn) => arn === '*' },
]

/**
 * IAM has no condition key for session policies, so only the vendor guarantees that a session has one. Therefore no other principal is allowed
 * to create sessions, and the role allows only the use of topics.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export const topicRoleForSessions: Check = {
  name: 'topic-role-for-sessions',
  description: 'The topic role trusts more than its vendor, or allows more than the use of topics',
  fix: 'Trust only the role of the vending function. Allow iot:Connect on client/, iot:Publish, iot:Receive and iot:RetainPublish on topic/, and iot:Subscribe on topicfilter/, each with the Region and account of the stack. Remove all other permissions.',
  find: (template) =>
    vendings(template).flatMap(({ topicRole, vendorRole }) =>
      topicRole === undefined
        ? []
        : [
            ...trust(
              topicRole,
              template,
              /^sts:(assumerole|setsourceidentity|tagsession)$/u,
              `AWS:<${vendorRole?.logicalId}.Arn>`,
            ),
            ...managedPolicies(
              topicRole,
              template,
              /^arn:(<AWS\.Partition>|aws[a-z-]*):iam::aws:policy\/AWSIoT(FullAccess|DataAccess)$/u,
            ),
            ...allowed(topicRole, template).flatMap((statement) => [
              ...statement.actions
                .filter((action) => topicActions[action.toLowerCase()] === undefined)
                .map(at(statement)),
              ...statement.resources
                .filter((arn) => !isPinned(arn))
                .map((arn) => at(statement)(`${arn} is not restricted to one Region and account`)),
              ...strangers(statement).map(at(statement)),
            ]),
          ],
    ),
}

/** Additional permissions of the vendor's role could be exploited through a flaw in the function, without any session policy. */
export const vendorForSessions: Check = {
  name: 'vendor-for-sessions',
  description: 'The role of the vending function can be assumed by others, or allows more than vending',
  fix: 'Trust only lambda.amazonaws.com. Allow the function only to write its own log, to read its access table (dynamodb:BatchGetItem), to invoke the function in ACCESS_FUNCTION and to assume the topic role.',
  find: (template) =>
    vendings(template).flatMap((vending) =>
      vending.vendorRole === undefined
        ? []
        : [
            ...trust(vending.vendorRole, template, /^sts:assumerole$/u, 'Service:lambda.amazonaws.com'),
            ...managedPolicies(vending.vendorRole, template),
            ...allowed(vending.vendorRole, template).flatMap((statement) =>
              statement.actions.flatMap((action) => {
                const rule = vendorActions.find(({ actions }) => actions.test(action.toLowerCase()))
                return statement.resources
                  .filter((arn) => rule?.on(arn, vending, template) !== true)
                  .map((arn) => at(statement)(`${action} on ${arn}`))
              }),
            ),
          ],
    ),
}

/** The type of the resource in the template that has this ARN. */
function typeOf(arn: string, { Resources = {} }: Template): string | undefined {
  return Resources[/^<(\w+)\.Arn>$/u.exec(arn)?.[1] ?? '']?.Type
}

function appFunctionOf({ resource: { Properties = {} } }: Part): string | undefined {
  const { ACCESS_FUNCTION } = recordOf(recordOf(Properties.Environment).Variables)
  return ACCESS_FUNCTION === undefined ? undefined : text(ACCESS_FUNCTION)
}

/** The keys of KMS that encrypt the tables of this template. */
function tableKeys({ Resources = {} }: Template): readonly string[] {
  return Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    const { KMSMasterKeyId } = recordOf(Properties.SSESpecification)
    return Type === 'AWS::DynamoDB::Table' && KMSMasterKeyId !== undefined ? [text(KMSMasterKeyId)] : []
  })
}

function at({ logicalId, location }: Statement): (found: string) => Violation {
  return (found) => ({ logicalId, location, found })
}

/** The statements that allow something. A NotAction or NotResource becomes an action with the text of the violation. */
function allowed(role: Part, template: Template): Statement[] {
  return statements(template)
    .filter(
      ({ kind, effect, roles }) => kind === 'permissions' && effect !== 'Deny' && roles.some((name) => role.is(name)),
    )
    .map((statement) =>
      statement.inverted
        ? { ...statement, actions: ['NotAction or NotResource'], resources: ['everything except its list'] }
        : statement,
    )
}

function trust(role: Part, template: Template, actions: RegExp, principal: string): Violation[] {
  return statements(template)
    .filter(({ kind, effect, logicalId }) => kind === 'trust' && effect !== 'Deny' && logicalId === role.logicalId)
    .flatMap((statement) => [
      ...statement.principals.filter((name) => name !== principal).map((name) => at(statement)(`it trusts ${name}`)),
      ...statement.actions.filter((action) => !actions.test(action.toLowerCase())).map(at(statement)),
      ...(statement.inverted ? [at(statement)('it trusts all principals except those it names')] : []),
    ])
}

function managedPolicies({ logicalId, resource }: Part, { Resources = {} }: Template, known?: RegExp): Violation[] {
  return (
    list(resource.Properties?.ManagedPolicyArns)
      .map(text)
      // The statements of managed policies in this template are checked separately.
      .filter((arn) => known?.test(arn) !== true && Resources[arn.slice(1, -1)]?.Type !== 'AWS::IAM::ManagedPolicy')
      .map((found) => ({ logicalId, location: 'Properties.ManagedPolicyArns', found }))
  )
}

/** Session policies have wildcards for Region and account, so the role's own policy must restrict them. */
function isPinned(arn: string): boolean {
  const [, , , region = '', account = ''] = arn.split(':')
  return [region, account].every((part) => part !== '' && !/[*?]/u.test(part))
}

/** Actions and resources of one statement that do not match each other's type: they look like grants but have no effect. */
function strangers({ actions, resources }: Statement): string[] {
  const typeOf = (arn: string) => arn.split(':').slice(5).join(':').split('/')[0]
  const types = actions.flatMap((action) => topicActions[action.toLowerCase()] ?? [])
  const given = resources.map(typeOf)
  return [
    ...actions
      .filter((_, index) => types.length === actions.length && !given.includes(types[index]))
      .map((action) => `${action} has no resource of its type`),
    ...resources.filter((arn) => !types.includes(typeOf(arn) ?? '')).map((arn) => `no action applies to ${arn}`),
  ]
}
