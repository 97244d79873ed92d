import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from '@jest/globals'
import { type LocalAwsOptions, startLocalAws } from '@topic-credentials/local-aws'
import { topicCredentialsApp } from '../app.js'

const folder = mkdtempSync(join(tmpdir(), 'deployment-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The app's assembly with these settings, made once under each name, in a folder that goes with the test. */
export function synthesize(name: string, context: Readonly<Record<string, unknown>> = {}): string {
  const outdir = join(folder, name)
  if (existsSync(outdir)) return outdir
  topicCredentialsApp({ outdir, context, builtinCloudFormationValidation: false }).synth()
  return outdir
}

export interface Statements {
  readonly Statement: { readonly Sid?: string; Condition?: unknown }[]
}

export interface Resource {
  readonly Type: string
  DependsOn?: string[]
  readonly Properties: Record<string, unknown> & { readonly RoleName?: string }
}

export interface Role {
  readonly AssumeRolePolicyDocument: { readonly Statement: { Principal: unknown }[] }
  readonly Policies: { readonly PolicyDocument: { readonly Statement: object[] } }[]
}

/** A synthesized stack that a test can change before it is deployed. */
export class Assembly {
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
