import { recordOf } from '@topic-credentials/grants'
import { namesIn, referencesIn } from './names.js'
import { type Template, type TemplateResource, text } from './template.js'

/** A resource of the vending path: the function, its roles or its API. */
export class Part {
  readonly kind: keyof typeof types
  readonly logicalId: string
  readonly resource: TemplateResource
  /** Set if the template sets it. */
  readonly physicalName: string | undefined
  /** How other templates of the app refer to it. */
  readonly #imports: readonly string[]

  constructor(kind: Part['kind'], logicalId: string, resource: TemplateResource, outputs: Template['Outputs'] = {}) {
    this.kind = kind
    this.logicalId = logicalId
    this.resource = resource
    const { RoleName, FunctionName } = resource.Properties ?? {}
    const name = RoleName ?? FunctionName
    this.physicalName = typeof name === 'string' ? name : undefined
    this.#imports = Object.values(outputs).flatMap((output) => {
      const { Value, Export } = recordOf(output)
      return this.#refersTo(text(Value)) ? [text({ 'Fn::ImportValue': recordOf(Export).Name })] : []
    })
  }

  /** Does a value refer to it or contain its ARN? */
  isNamedIn(value: unknown): boolean {
    return namesIn(value).some((name) => this.#refersTo(name) || this.#imports.includes(name) || this.#isArn(name))
  }

  /** Is a value its name? */
  is(value: unknown): boolean {
    return this.isNamedIn(value) || (this.physicalName !== undefined && value === this.physicalName)
  }

  /** Can the resource of an IAM statement match it? Assumed for a wildcard if CloudFormation generates the name. */
  isMatchedBy(resource: string): boolean {
    if (resource === '*' || referencesIn(resource).some((name) => this.#refersTo(name))) return true
    const pattern = /:(?:role\/|function:)(.*)$/u.exec(resource)?.[1]
    if (pattern === undefined || (this.kind === 'vending function') !== resource.includes(':function:')) return false
    if (this.physicalName === undefined) return pattern.startsWith('*')
    const literal = pattern.split('*').map((text) => text.replaceAll(/[\\^$.|?+()[\]{}]/gu, '\\$&'))
    return new RegExp(`^${literal.join('.*')}$`, 'u').test(this.physicalName)
  }

  #refersTo(name: string): boolean {
    return name === `<${this.logicalId}>` || name.startsWith(`<${this.logicalId}.`)
  }

  #isArn(name: string): boolean {
    return (
      this.physicalName !== undefined &&
      /(?:\brole\/(?:.*\/)?|\bfunction:)([^:/]+)$/u.exec(name)?.[1] === this.physicalName
    )
  }
}

const types = {
  'vending function': 'AWS::Lambda::Function',
  'topic role': 'AWS::IAM::Role',
  'vendor role': 'AWS::IAM::Role',
  API: 'AWS::ApiGatewayV2::Api',
} as const

/** A vending function and its roles and API. Parts outside the template are undefined and cannot be checked. */
export interface Vending {
  readonly vendor: Part
  readonly vendorRole: Part | undefined
  readonly topicRole: Part | undefined
  readonly api: Part | undefined
}

/** Every vending function of a template, recognised by the variables that it requires. */
export function vendings({ Resources = {}, Outputs }: Template): Vending[] {
  const part = (kind: Part['kind'], reference: unknown): Part | undefined => {
    const logicalId = /^<(\w+)(\.\w+)?>$/u.exec(text(reference))?.[1] ?? ''
    const resource = Resources[logicalId]
    return resource?.Type === types[kind] ? new Part(kind, logicalId, resource, Outputs) : undefined
  }
  return Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) => {
    const { ROLE_ARN, IOT_ENDPOINT, API_ID } = recordOf(recordOf(Properties.Environment).Variables)
    const vendor = part('vending function', { Ref: logicalId })
    if (
      Type !== types['vending function'] ||
      ROLE_ARN === undefined ||
      IOT_ENDPOINT === undefined ||
      vendor === undefined
    ) {
      return []
    }
    const vendorRole = part('vendor role', Properties.Role)
    return [{ vendor, vendorRole, topicRole: part('topic role', ROLE_ARN), api: part('API', API_ID) }]
  })
}

export function partsOf({ vendor, vendorRole, topicRole, api }: Vending): Part[] {
  return [vendor, vendorRole, topicRole, api].filter((part) => part !== undefined)
}

/** Logical IDs of the functions that run as this role. */
export function functionsWith(role: Part, { Resources = {} }: Template): string[] {
  return Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) =>
    Type === 'AWS::Lambda::Function' && role.is(Properties.Role) ? [logicalId] : [],
  )
}
