import { type Statement, statements } from './statements.js'
import type { Check, Violation } from './template.js'

/** Which kind of resource each IoT data plane action is about. IAM does not mind upper and lower case in actions. */
const resourceTypes: Readonly<Record<string, string>> = {
  'iot:connect': 'client',
  'iot:deleteconnection': 'client',
  'iot:publish': 'topic',
  'iot:receive': 'topic',
  'iot:retainpublish': 'topic',
  'iot:getretainedmessage': 'topic',
  'iot:subscribe': 'topicfilter',
}

/** The kind of resource that an action of the IoT data plane is about. */
export function typeFor(action: string): string | undefined {
  return resourceTypes[action.toLowerCase()]
}

function allows(statement: Statement): boolean {
  return statement.kind === 'permissions' && statement.effect === 'Allow'
}
function iotActions({ actions }: Statement): string[] {
  return actions.filter((action) => typeFor(action) !== undefined)
}

/** The type of resource in an IoT ARN: `client`, `topic`, `topicfilter`. */
function typeOf(arn: string): string | undefined {
  return arn.split(':').slice(5).join(':').split('/')[0]
}

function each(pick: (statement: Statement) => string[]): Check['find'] {
  return (template) =>
    statements(template).flatMap((statement) =>
      pick(statement).map(
        (found): Violation => ({ logicalId: statement.logicalId, location: statement.location, found }),
      ),
    )
}

/** A statement that can never apply looks like a grant and is none. AWS accepts it without a word. */
export const actionMeetsResource: Check = {
  name: 'action-meets-resource',
  description: 'An IoT action and a resource in one statement never meet',
  fix: 'iot:Publish, Receive and RetainPublish are about topic/, iot:Subscribe about topicfilter/, iot:Connect about client/.',
  find: each((statement) => {
    const actions = iotActions(statement)
    if (statement.kind === 'trust' || actions.length === 0) return []
    const wanted = new Set(actions.map(typeFor))
    const given = new Set(statement.resources.map(typeOf))
    return [
      ...actions
        .filter((action) => !given.has(typeFor(action)))
        .map((action) => `${action} has no resource of its type`),
      ...statement.resources.filter((arn) => !wanted.has(typeOf(arn))).map((arn) => `no action is about ${arn}`),
    ]
  }),
}

/** Session policies leave Region and account to the role's own policy, so that one has to name them. */
export const regionAndAccountPinned: Check = {
  name: 'region-and-account-pinned',
  description: 'An allowed IoT resource is not tied to one Region and account',
  fix: 'Write arn:PARTITION:iot:REGION:ACCOUNT:… with the Region and account of the stack.',
  find: each((statement) => {
    if (!allows(statement) || iotActions(statement).length === 0) return []
    const pinned = (arn: string): boolean => {
      const [, , , region = '', account = ''] = arn.split(':')
      return [region, account].every((part) => part !== '' && !/[*?]/u.test(part))
    }
    return statement.resources.filter((arn) => !pinned(arn))
  }),
}

/** `NotAction` and wildcards in actions allow what AWS adds next year. */
export const actionsNamed: Check = {
  name: 'actions-named',
  description: 'An allowed statement does not name its actions and resources',
  fix: 'List the actions. Do not use NotAction, NotResource or wildcards in actions.',
  find: each((statement) => {
    if (!allows(statement)) return []
    const wild = statement.actions.filter((action) => /[*?]/u.test(action))
    return statement.inverted ? ['NotAction or NotResource', ...wild] : wild
  }),
}

/** Without a named role, a vendor could make sessions of any role that trusts the account. */
export const assumedRoleNamed: Check = {
  name: 'assumed-role-named',
  description: 'A role may be assumed that is not named',
  fix: 'Name the role by its full ARN.',
  find: each((statement) =>
    allows(statement) && statement.actions.some((action) => action.toLowerCase() === 'sts:assumerole')
      ? statement.resources.filter((arn) => /[*?]/u.test(arn))
      : [],
  ),
}

/** Anyone who can assume the role directly does so without a session policy, and has all of it. */
export const trustNamesRoles: Check = {
  name: 'trust-names-roles',
  description: 'A role trusts more than named roles and services',
  fix: 'Trust a service, or one role by its ARN: not *, not a whole account.',
  find: each((statement) => {
    if (statement.kind !== 'trust' || statement.effect !== 'Allow') return []
    const named = (principal: string): boolean =>
      /^Service:[a-z0-9.-]+$/u.test(principal) || /^AWS:(<[A-Za-z0-9]+\.Arn>|arn:[^*?]+:role\/[^*?]+)$/u.test(principal)
    const open = statement.principals.filter((principal) => !named(principal))
    return statement.inverted ? ['NotPrincipal', ...open] : open
  }),
}
