import { type Check, text, type Violation } from './template.js'

type Entry = { readonly type: string; readonly property: string; readonly open: (value: string) => boolean }

const missing = '<undefined>'

/** Everywhere that a request can come in, and what makes it open to everybody. */
const entries: readonly Entry[] = [
  {
    type: 'AWS::ApiGatewayV2::Route',
    property: 'AuthorizationType',
    open: (type) => type === missing || type === 'NONE',
  },
  {
    type: 'AWS::ApiGateway::Method',
    property: 'AuthorizationType',
    open: (type) => type === missing || type === 'NONE',
  },
  { type: 'AWS::Lambda::Url', property: 'AuthType', open: (type) => type !== 'AWS_IAM' },
  { type: 'AWS::Lambda::Permission', property: 'Principal', open: (principal) => principal === '*' },
]

/** The function believes its authorizer, so there must be one on every way in. */
export const callersProven: Check = {
  name: 'callers-proven',
  description: 'A way in does not ask who is calling',
  fix: 'Give the route the IAM or the JWT authorizer (function URLs: AuthType AWS_IAM).',
  find: ({ Resources = {} }) =>
    Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) =>
      entries.flatMap(({ type, property, open }): Violation[] => {
        const value = text(Properties[property])
        const location = `Properties.${property}`
        return type === Type && open(value) ? [{ logicalId, location, found: `${Type} with ${property} ${value}` }] : []
      }),
    ),
}
