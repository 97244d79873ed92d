import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type LocalAwsOptions, startLocalAws } from '@topic-credentials/local-aws'
import { topicCredentialsApp } from '../app.js'

/** What a deployment of the stack comes to, in the stand-in: the deploy check passes it, or it fails with the check's words. */

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

const folder = mkdtempSync(join(tmpdir(), 'deployment-'))
afterAll(() => rmSync(folder, { recursive: true }))

function synthesize(name: string, context: Record<string, unknown> = {}): string {
  const outdir = join(folder, name)
  topicCredentialsApp({ outdir, context, builtinCloudFormationValidation: false }).synth()
  return outdir
}

interface Statements {
  readonly Statement: { readonly Sid?: string; Condition?: unknown }[]
}

interface Resource {
  readonly Type: string
  DependsOn?: string[]
  readonly Properties: Record<string, unknown> & { readonly RoleName?: string }
}

interface Role {
  readonly AssumeRolePolicyDocument: { readonly Statement: { Principal: unknown }[] }
  readonly Policies: { readonly PolicyDocument: { readonly Statement: object[] } }[]
}

/** A synthesized stack that can be changed by hand before it is deployed. */
class Assembly {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  static copyOf(directory: string): Assembly {
    const copy = mkdtempSync(join(folder, 'copy-'))
    cpSync(directory, copy, { recursive: true })
    return new Assembly(copy)
  }

  /** Changes the template's resources. */
  resources(change: (resources: Resource[]) => void): void {
    this.template((resources) => change(Object.values(resources)))
  }

  /** Changes the template's resources, which have their logical IDs. */
  template(change: (resources: Record<string, Resource>) => void): void {
    const file = join(this.directory, 'TopicCredentials.template.json')
    const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Resource> }
    change(template.Resources)
    writeFileSync(file, JSON.stringify(template))
  }

  /** Changes the vending function's code. */
  vendor(found: RegExp, replacement: string): void {
    const file = join(this.#vendorAsset(), 'index.mjs')
    const code = readFileSync(file, 'utf8')
    expect(code.match(found)).toHaveLength(1)
    writeFileSync(file, code.replace(found, replacement))
  }

  /** Takes one of the vending function's variables away. */
  vendorVariable(name: string): void {
    this.resources((resources) => {
      const functions = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function')
      const variables = functions.map(({ Properties }) => Object(Object(Properties.Environment).Variables))
      const [vendor] = variables.filter((one) => one.IOT_ENDPOINT !== undefined && one[name] !== undefined)
      expect(vendor).toBeDefined()
      delete vendor[name]
    })
  }

  entitlements(document: object): void {
    writeFileSync(join(this.#vendorAsset(), 'entitlements.json'), JSON.stringify(document))
  }

  #vendorAsset(): string {
    const [asset = ''] = readdirSync(this.directory).filter(
      (name) => name.startsWith('asset.') && readdirSync(join(this.directory, name)).includes('index.mjs'),
    )
    return join(this.directory, asset)
  }

  topicRole(change: (role: Role) => void): void {
    this.resources((resources) => {
      for (const { Properties } of resources) {
        if (Properties?.RoleName === 'sts-sample-role') change(Properties as unknown as Role)
      }
    })
  }

  trust(principal: unknown): void {
    this.topicRole(({ AssumeRolePolicyDocument: { Statement } }) => {
      for (const statement of Statement) statement.Principal = principal
    })
  }

  /** Deploys; answers what the check said of each thing that it tried. */
  async deploy(options: LocalAwsOptions = {}): Promise<string[]> {
    await using aws = await startLocalAws({ assembly: this.directory, ...options })
    const [name = ''] = [...aws.functions.keys()].filter((key) => key.includes('DeployCheckFunction'))
    const said = aws.logs(name).map(({ message }) => JSON.parse(message) as { message?: string })
    // MQTT.js's call of url.parse() is one on Node.js 24.
    expect(said.filter(({ message = '' }) => /deprecat|\[DEP\d/iu.test(message))).toEqual([])
    return said.flatMap(({ message = '' }) => message.split('\n')).filter((line) => /^[✓!]/u.test(line))
  }
}

describe('a sound stack', () => {
  it.each([
    ['as it is', {}],
    ['with a wide role: the session policy alone narrows it', { ceiling: 'AWSIoTFullAccess' }],
    [
      'with tokens, which users then need',
      { jwtIssuer: 'https://login.example.com/', jwtAudience: 'app', jwtScope: 'mqtt' },
    ],
    ['with one call of the function at a time', { concurrency: '1' }],
    ['with a cache', { cacheSeconds: '300' }],
    ['with a boundary on every role', { permissionsBoundaryArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    ['for one account and Region', { account: '210987654321', region: 'eu-west-1' }],
    ['with a small limit', { rateLimit: '2', burstLimit: '1' }],
  ] as [string, Record<string, string>][])(
    '%s is deployed, with at least six refusals proved',
    async (name, context) => {
      const said = await new Assembly(synthesize(name, context)).deploy()
      const [refused, allowed] = ['refused', 'allowed'].map((verdict) =>
        said.filter((line) => line.includes(`: ${verdict}`)),
      )
      expect(refused?.length).toBeGreaterThanOrEqual(6)
      expect(allowed?.length).toBeGreaterThanOrEqual(6)
      for (const what of [
        'publish to',
        'subscribe to',
        'connect as',
        'request a subscription to',
        'tampered signature',
        'assume the role',
        'with a revoked mark',
        'write another item',
        ...(context.ceiling === 'AWSIoTFullAccess' ? [] : ['beyond the ceiling']),
      ]) {
        expect(refused).toContainEqual(expect.stringContaining(what))
      }
      for (const what of ['connect as', 'subscribe to', 'publish to', 'receive from', 'without the mark']) {
        expect(allowed).toContainEqual(expect.stringContaining(what))
      }
      expect(said.join()).not.toMatch(/X-Amz|SecretAccessKey|ASIA/u)
    },
  )

  it('is deployed where IAM takes no wildcard in the place of a resource type: the dense form gives nothing, and the check says so', async () => {
    const said = await new Assembly(synthesize('wild-types')).deploy({ typeWildcards: 'never' })
    const [usual, dense] = [false, true].map((isDense) =>
      said.filter((line) => line.includes('dense form') === isDense),
    )
    expect(usual).not.toContainEqual(expect.stringMatching(/^!/u))
    for (const form of ['publish to', 'short form: publish to']) {
      expect(usual).toContainEqual(expect.stringMatching(new RegExp(`^✓ ${form} .*: allowed$`, 'u')))
    }
    const tooLittle = dense?.filter((line) => line.startsWith('!')) ?? []
    for (const what of ['publish to', 'subscribe to']) {
      const line = `^! dense form: ${what} .*: refused .*; users with that many topics get too few permissions; disable the form with -c dense=off$`
      expect(tooLittle).toContainEqual(expect.stringMatching(new RegExp(line, 'u')))
    }
    // Nothing that it grants is allowed, and its refusals stay.
    expect(dense).toContainEqual(expect.stringMatching(/^✓ dense form: publish to .*: refused/u))
    expect(dense).not.toContainEqual(expect.stringMatching(/^✓ dense form: (publish|subscribe|receive) .*: allowed/u))
  })

  it('has a dense form that works, where IAM takes one', async () => {
    const said = await new Assembly(synthesize('wild-types')).deploy()
    expect(said).toContainEqual(expect.stringMatching(/^✓ dense form: publish to .*: allowed$/u))
    expect(said).not.toContainEqual(expect.stringMatching(/^!/u))
  })

  it('is deployed without the check when that is switched off', async () => {
    expect(await new Assembly(synthesize('off', { deployCheck: 'false' })).deploy()).toEqual([])
  })
})

describe('nothing but the vending function, called by its own API, vends', () => {
  interface Answer {
    readonly statusCode: number
    readonly body: string
  }

  it('not the same code with the same role in another function, nor the function for another API', async () => {
    const assembly = Assembly.copyOf(synthesize('one-function', { deployCheck: 'false' }))
    assembly.template((resources) => {
      const [vendor] = Object.entries(resources).filter(([id]) => /VendingFunction[0-9A-F]{8}$/u.test(id))
      if (vendor !== undefined) resources.Copy = { ...vendor[1] }
    })
    await using aws = await startLocalAws({ assembly: assembly.directory })
    const event = (apiId: string | undefined) => ({
      routeKey: 'POST /credentials',
      requestContext: { apiId, authorizer: { iam: { userArn: `arn:aws:iam::${aws.accountId}:user/alice` } } },
    })
    const answer = async (name: string, apiId?: string) => {
      const vendor = [...aws.functions.values()].find(({ configuration }) => configuration.functionName.includes(name))
      const own = vendor?.configuration.environment.API_ID
      const result = await vendor?.invoke(event(apiId ?? own))
      const { statusCode, body } = (result?.outcome === 'ok' ? result.payload : undefined) as Answer
      return { statusCode, code: (JSON.parse(body) as { code?: string }).code }
    }
    expect(await answer('VendingFunction')).toEqual({ statusCode: 200 })
    // An explicit Deny: to the vendor it looks like a revocation.
    expect(await answer('Copy')).toEqual({ statusCode: 403, code: 'revoked' })
    expect(await answer('VendingFunction', 'anotherapi')).toEqual({ statusCode: 403, code: 'caller_not_supported' })
  })
})

describe('a deployment fails', () => {
  let sound = ''
  beforeAll(() => {
    sound = synthesize('sound')
  })

  const wider = 'would grant more than the entitlements allow'
  const broken = 'deployment does not work'
  const everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
  const root = { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } }

  const failures: [string, (assembly: Assembly) => void, string, string][] = [
    [
      'when the function forgets the session policy',
      (assembly) => assembly.vendor(/,Policy:[\w$]+(?=,DurationSeconds)/gu, ''),
      wider,
      '✗ publish to users/${userId}2/',
    ],
    [
      'when the session policy allows everything',
      (assembly) => assembly.vendor(/(?<=,Policy:)[\w$]+(?=,DurationSeconds)/gu, `'${everything}'`),
      wider,
      '✗ subscribe to users/${userId}2/',
    ],
    [
      'when the session policy lets anybody be anybody',
      (assembly) =>
        assembly.vendor(/(?<=,Policy:)([\w$]+)(?=,DurationSeconds)/gu, '$1.replace(/client\\/[^"]*/,"client/*")'),
      wider,
      '✗ connect as somebody-else:…: allowed, must be refused',
    ],
    [
      'when everybody may assume the role',
      (assembly) => assembly.trust({ AWS: '*' }),
      wider,
      '✗ assume the role without the vendor, with no session policy: allowed, must be refused',
    ],
    [
      'when the whole account may assume the role',
      (assembly) => assembly.trust(root),
      wider,
      '✗ assume the role without the vendor',
    ],
    [
      'when the vendor may not assume the role',
      (assembly) => assembly.trust({ AWS: 'arn:aws:iam::123456789012:role/somebody-else' }),
      broken,
      '✗ request credentials: undecided (HTTP 502 sts_refused',
    ],
    [
      'when a boundary takes MQTT from the topic role',
      (assembly) =>
        assembly.resources((resources) => {
          const boundary = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
          for (const { Type, Properties } of resources) {
            if (Type === 'AWS::IAM::Role' && Properties.RoleName !== undefined) {
              Properties.PermissionsBoundary = boundary
            }
          }
        }),
      broken,
      '✗ connect as ',
    ],
    [
      'when the API lets everybody in',
      (assembly) =>
        assembly.resources((resources) => {
          for (const { Type, Properties } of resources) {
            if (Type === 'AWS::ApiGatewayV2::Route') Properties.AuthorizationType = 'NONE'
          }
        }),
      broken,
      '✗ request credentials: refused (HTTP 403 caller_not_supported',
    ],
    [
      'when the function gives those who ask for too much all that they may have',
      (assembly) =>
        assembly.vendor(
          /export\{([\w$]+) as handler\}/gu,
          'const wide=async(e,c)=>{const a=await $1(e,c);return a.statusCode===403?$1({...e,body:"{}"},c):a};export{wide as handler}',
        ),
      wider,
      '✗ request a subscription to users/${userId}2/',
    ],
    [
      'when the function has other entitlements than were synthesized',
      (assembly) =>
        assembly.entitlements({ entitlements: [{ publish: ['users/#'], subscribe: ['users/${userId}/#'] }] }),
      wider,
      '✗ receive publish users/# beyond the entitlements: allowed, must be refused',
    ],
    [
      'when the function takes one caller for another',
      (assembly) =>
        assembly.vendor(
          /export\{([\w$]+) as handler\}/gu,
          'const mixed=(e,c)=>$1(JSON.parse(JSON.stringify(e).replaceAll(/assumed-role\\/[^"]*/g,"assumed-role/Other/one")),c);export{mixed as handler}',
        ),
      wider,
      '✗ receive credentials of another user: allowed, must be refused',
    ],
    [
      'when the function does not look into the access table',
      (assembly) => assembly.vendorVariable('ACCESS_TABLE'),
      wider,
      '✗ request credentials with a revoked mark: allowed, must be refused',
    ],
    [
      'when the function knows no ceiling',
      (assembly) => assembly.vendorVariable('CEILING'),
      wider,
      '✗ request credentials with a grant of # beyond the ceiling: allowed, must be refused',
    ],
    [
      'when the check may write any item of the access table',
      (assembly) =>
        assembly.resources((resources) => {
          const policies = resources.filter(({ Type }) => Type === 'AWS::IAM::Policy')
          const documents = policies.map(({ Properties }) => Properties.PolicyDocument as Statements)
          const [own] = documents.flatMap(({ Statement }) => Statement).filter(({ Sid }) => Sid === 'WriteOwnItem')
          expect(own?.Condition).toBeDefined()
          delete own?.Condition
        }),
      wider,
      '✗ write another item of the access table: allowed, must be refused',
    ],
    [
      'when the check may write no item',
      (assembly) =>
        assembly.template((resources) => {
          for (const id of Object.keys(resources)) if (/DeployCheckOwnItem/u.test(id)) delete resources[id]
          for (const resource of Object.values(resources)) {
            const { DependsOn } = resource
            if (DependsOn !== undefined) resource.DependsOn = DependsOn.filter((id) => !/DeployCheckOwnItem/u.test(id))
          }
        }),
      broken,
      '✗ request credentials with a revoked mark: undecided',
    ],
    [
      'when the role forbids what was granted',
      (assembly) =>
        assembly.topicRole(({ Policies: [policy] }) =>
          policy?.PolicyDocument.Statement.push({ Effect: 'Deny', Action: 'iot:Publish', Resource: '*' }),
        ),
      broken,
      '✗ publish to users/${userId}/',
    ],
  ]

  it.each(failures)('%s', async (_, change, heading, finding) => {
    const assembly = Assembly.copyOf(sound)
    change(assembly)
    const failure = await assembly.deploy().then(
      () => 'deployed',
      (error: Error) => error.message,
    )
    expect(failure).toContain('CREATE_FAILED | Custom::Trigger')
    expect(failure).toContain(heading)
    expect(failure).toContain(finding)
  })
})
