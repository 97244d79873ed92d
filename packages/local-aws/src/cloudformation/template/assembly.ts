import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { messageOf } from '@topic-credentials/project'
import { RealisationError } from '../errors.js'
import { checkTemplate, type Template } from './template.js'

/** One stack of a cloud assembly, with the files of its template. */
export interface AssemblyStack {
  readonly stackName: string
  readonly template: Template
  /** From `aws://123456789012/eu-west-1`; undefined if the app does not define it. */
  readonly accountId: string | undefined
  readonly region: string | undefined
  /** Folders of zip assets, by the object key in the template. */
  readonly assets: ReadonlyMap<string, string>
  /** Where the CDK's command line would upload them; bucket names may hold `${AWS::AccountId}` and the like. */
  readonly uploads: readonly AssetUpload[]
}

/** A folder that is uploaded as a zip file. */
export interface AssetUpload {
  readonly folder: string
  readonly bucket: string
  readonly key: string
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>
  /** Context that the app has looked up in vain. */
  readonly missing?: readonly { readonly key: string }[]
}

interface Artifact {
  readonly type: string
  readonly environment?: string
  readonly dependencies?: readonly string[]
  readonly properties?: { readonly templateFile?: string; readonly file?: string; readonly stackName?: string }
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>
}

interface FileAsset {
  readonly source: { readonly path?: string; readonly packaging?: string }
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>
}

/** Artifacts about the assembly itself. */
const descriptive = new Set([
  'cdk:tree',
  'cdk:asset-manifest',
  'cdk:feature-flag-report',
  'cdk:policy-validation-report',
])

/**
 * Reads the output folder of `cdk synth`; stacks are in deployment order.
 *
 * @throws RealisationError if the folder contains no assembly, or one that needs more than templates and zip assets.
 */
export async function readAssembly(directory: string): Promise<AssemblyStack[]> {
  const root = resolve(directory)
  const { artifacts = {}, missing = [] } = await readJson<Manifest>(root, 'manifest.json')
  if (missing.length > 0) {
    const message = `The assembly ${root} is missing context: ${missing.map(({ key }) => key).join(', ')}`
    const remedy = "Run 'cdk synth' once with AWS credentials; cdk.context.json stores the result."
    throw new RealisationError('assembly', message, { value: root, remedy })
  }
  for (const [name, { type }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack' || descriptive.has(type)) continue
    const message = `The stand-in does not support the artifact ${name} of type ${type}`
    throw new RealisationError('unsupported', message, { value: name })
  }
  const order: string[] = []
  const visit = (name: string) => {
    if (order.includes(name)) return
    for (const needed of artifacts[name]?.dependencies ?? []) visit(needed)
    order.push(name)
  }
  for (const name of Object.keys(artifacts)) visit(name)
  const stacks: AssemblyStack[] = []
  for (const name of order) {
    const artifact = artifacts[name]
    if (artifact?.type === 'aws:cloudformation:stack') stacks.push(await readStack(root, name, artifact, artifacts))
  }
  if (stacks.length === 0) {
    throw new RealisationError('assembly', `The assembly ${root} contains no stack`, { value: root })
  }
  return stacks
}

async function readStack(
  root: string,
  name: string,
  { environment = '', properties, dependencies = [] }: Artifact,
  artifacts: Readonly<Record<string, Artifact>>,
): Promise<AssemblyStack> {
  const stackName = properties?.stackName ?? name
  const template = await readJson<Template>(root, properties?.templateFile ?? `${name}.template.json`)
  const uploads: AssetUpload[] = []
  for (const dependency of dependencies) {
    const { type, properties: { file } = {} } = artifacts[dependency] ?? {}
    if (type !== 'cdk:asset-manifest' || file === undefined) continue
    for (const { source, destinations } of Object.values((await readJson<AssetManifest>(root, file)).files ?? {})) {
      if (source.packaging !== 'zip' || source.path === undefined) continue
      for (const { bucketName: bucket, objectKey: key } of Object.values(destinations)) {
        uploads.push({ folder: join(root, source.path), bucket, key })
      }
    }
  }
  const [, accountId, region] = /^aws:\/\/([^/]+)\/(.+)$/u.exec(environment) ?? []
  return {
    stackName,
    template: checkTemplate(template, stackName),
    accountId: accountId === 'unknown-account' ? undefined : accountId,
    region: region === 'unknown-region' ? undefined : region,
    assets: new Map(uploads.map(({ key, folder }) => [key, folder])),
    uploads,
  }
}

async function readJson<T>(root: string, file: string): Promise<T> {
  const path = join(root, file)
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (cause) {
    const there = await stat(root).then(
      (found) => found.isDirectory(),
      () => false,
    )
    const reason = there ? messageOf(cause) : 'the folder does not exist'
    const message = `No cloud assembly at ${root}: ${reason}`
    throw new RealisationError('assembly', message, { value: root, remedy: "Run 'cdk synth' first.", cause })
  }
}
