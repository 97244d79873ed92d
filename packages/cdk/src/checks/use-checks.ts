import { type Part, partsOf, vendings } from './parts.js'
import { type Statement, statements } from './statements.js'
import type { Check, Template, TemplateResource, Violation } from './template.js'

/** Types that can name any of the parts, because they only monitor, store or output values. */
const harmless =
  /^AWS::(CloudWatch::(Alarm|AnomalyDetector|CompositeAlarm|Dashboard)|Logs::LogGroup|SSM::Parameter|CDK::Metadata)$/u

/** Types that can name the part; other checks cover how they use it. */
const judged: Readonly<Record<Part['kind'], RegExp>> = {
  'vending function':
    /^AWS::(Lambda::Permission|ApiGatewayV2::Integration|IAM::(Policy|ManagedPolicy|Role|RolePolicy))$/u,
  'topic role': /^AWS::IAM::(Policy|ManagedPolicy|Role|RolePolicy)$/u,
  'vendor role': /^AWS::IAM::(Policy|ManagedPolicy|Role|RolePolicy)$/u,
  API: /^AWS::(ApiGatewayV2::(ApiMapping|Authorizer|Deployment|Integration|Route|Stage)|Lambda::Permission|CloudFront::Distribution|IAM::(Policy|ManagedPolicy|Role|RolePolicy))$/u,
}

/** Covers all other uses: aliases, URLs, event sources, schedules, role aliases, managed overrides, instance profiles … */
export const partsUnused: Check = {
  name: 'parts-unused',
  description: 'A resource uses the vending function, its roles or its API in a way that is not known to be safe',
  fix: 'Call the vending function only through its API, and use its roles and its API for nothing else.',
  find: (template, others) =>
    vendings(template)
      .flatMap(partsOf)
      .flatMap((part) => [
        ...uses(part, template, (type) => harmless.test(type) || judged[part.kind].test(type)),
        ...others.flatMap((other) => uses(part, other, (type) => harmless.test(type))),
      ]),
}

function uses(part: Part, template: Template, known: (type: string) => boolean): Violation[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, resource]) => {
    const { Type } = resource
    if (known(Type) || resource === part.resource) return []
    const isUsed =
      namesPart(part, resource) && !(Type === 'AWS::Lambda::Function' && namesPartHarmlessly(part, resource))
    return isUsed ? [{ logicalId, location: 'Properties', found: `${Type} names the ${part.kind}` }] : []
  })
}

function namesPart(part: Part, { Properties = {} }: TemplateResource): boolean {
  const { FunctionName, RoleName, Roles, Role } = Properties
  return part.isNamedIn(Properties) || [FunctionName, RoleName, Roles, Role].flat().some((name) => part.is(name))
}

/** Whether a function names the part only in its environment, which is allowed, or runs as the vendor's role, which another check covers. */
function namesPartHarmlessly(part: Part, { Properties = {} }: TemplateResource): boolean {
  const { Environment: _, Role, ...rest } = Properties
  return !part.isNamedIn(rest) && (!part.is(Role) || part.kind === 'vendor role')
}

// sts:AssumeRole alone has no effect, because the trust policy must allow it too. Reading and calling the API change nothing.
const reading = /^(?:(?:iam|lambda):(?:get|list)\w+|execute-api:invoke)$/u

/** A permission on the function or its roles gives access to the topics of every user. */
export const rightsOverParts: Check = {
  name: 'rights-over-parts',
  description: 'A role allows calling or changing the vending function, or passing or changing its roles',
  fix: 'Exclude the vending function, its roles and its API from the statement: name the intended resources.',
  find: (template) => {
    const all = statements(template).filter(({ kind, effect }) => kind === 'permissions' && effect !== 'Deny')
    return vendings(template).flatMap((vending) => {
      const { vendorRole, topicRole } = vending
      // The statements of the parts themselves are covered by other checks.
      const foreign = all.filter(
        ({ roles }) => !roles.some((name) => vendorRole?.is(name) === true || topicRole?.is(name) === true),
      )
      return partsOf(vending).flatMap((part) => foreign.flatMap((statement) => rights(part, statement)))
    })
  },
}

/** The action prefixes of each part's service. */
const services: Readonly<Record<Part['kind'], readonly string[]>> = {
  'vending function': ['lambda'],
  'topic role': ['iam', 'sts'],
  'vendor role': ['iam', 'sts'],
  API: ['apigateway', 'execute-api'],
}

function rights(part: Part, { logicalId, location, actions, resources, inverted }: Statement): Violation[] {
  if (inverted) return [{ logicalId, location, found: `NotAction or NotResource, which includes the ${part.kind}` }]
  if (!resources.some((resource) => part.isMatchedBy(resource))) return []
  return actions
    .filter((action) => action === '*' || services[part.kind].includes(action.toLowerCase().split(':')[0] ?? ''))
    .filter((action) => !reading.test(action.toLowerCase()) && action.toLowerCase() !== 'sts:assumerole')
    .map((action) => ({ logicalId, location, found: `${action} on the ${part.kind}` }))
}
