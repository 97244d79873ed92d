import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignedInUser as SignedIn, SignInRequest } from '@topic-credentials/project'
import { JwtAuthorizer } from '../apigateway/index.js'
import { bootstrap } from '../bootstrap/bootstrap.js'
import type { Clock } from '../clock.js'
import {
  CodeFolders,
  CustomAnswers,
  continueStack,
  HttpApis,
  Names,
  resumeStack,
  type Services,
  Stacks,
} from '../cloudformation/index.js'
import type { DynamoDb } from '../dynamodb/index.js'
import type { HttpsServer } from '../https-server.js'
import { Directory } from '../iam/index.js'
import { startIamApi } from '../iam-api/index.js'
import { type IotDataPlane, startIot } from '../iot/index.js'
import type { Journal } from '../journal.js'
import { Functions, type LambdaHost } from '../lambda/index.js'
import { Outages } from '../outages.js'
import { servePlainOrigin } from '../plain-origin.js'
import type { ServedService } from '../protocols/serve-service.js'
import type { ServiceSettings } from '../protocols/signed-service.js'
import { Buckets } from '../s3/buckets.js'
import { restoreStack, type SavedAccount, saveStack } from '../saved/saved-account.js'
import { type Callers, localIssuer, SignIn, serveIssuer } from '../sign-in/index.js'
import { Parameters } from '../ssm/parameters.js'
import { type Sts, startSts } from '../sts/index.js'
import type { TlsMaterial } from '../tls.js'
import { writeCa } from './ca-file.js'
import { startAccountEndpoint } from './endpoint.js'
import { accountJournal } from './journal.js'
import { lambdaHost } from './lambda-host.js'
import type { AccountSettings } from './settings.js'
import { TableService } from './table-service.js'

/** One account in one Region with its connected services. Deployments create resources through {@link services}. */
export class Account {
  readonly settings: AccountSettings
  readonly clock: Clock & { skew: number }
  readonly tls: TlsMaterial
  readonly directory: Directory
  readonly apis: HttpApis
  readonly functions = new Functions(() => this.#lambdaHost())
  readonly buckets = new Buckets(() => join(this.folder, 'objects'))
  readonly parameters = new Parameters()
  readonly names = new Names()
  readonly #signIn: SignIn
  readonly stacks: Stacks
  readonly outages = new Outages()
  /** Access key IDs issued by STS. */
  readonly issued = new Set<string>()
  #folder = ''
  #sts: Sts | undefined
  #iot: IotDataPlane | undefined
  #iam: ServedService | undefined
  #endpoint: HttpsServer | undefined
  #plain: HttpsServer | undefined
  #issuerServer: HttpsServer | undefined
  readonly #journal: Journal
  readonly #shared: ServiceSettings & { readonly tls: TlsMaterial; readonly healthId: string }
  readonly #tables: TableService
  readonly #customAnswers = new CustomAnswers(() => this.endpoint.url)
  readonly #code = new CodeFolders(() => join(this.folder, 'code'), this.buckets)
  #closing: Promise<void> | undefined

  private constructor(settings: AccountSettings, tls: TlsMaterial) {
    const clock = { skew: 0, now: () => settings.clock.now() + clock.skew }
    this.settings = settings
    this.clock = clock
    this.tls = tls
    this.directory = new Directory({ accountId: settings.accountId, clock, typeWildcards: settings.typeWildcards })
    this.#journal = accountJournal(settings, this.issued)
    const { accountId, region, id: healthId, ports, changed, ignoreUnknown = false } = settings
    const accessKey = (id: string) => this.directory.accessKey(id)
    this.#shared = { accountId, region, clock, directory: this.directory, journal: this.#journal, tls, healthId }
    this.#tables = new TableService(
      { ...this.#shared, port: ports.dynamodb ?? 0, guard: this.outages.guard('dynamodb') },
      settings.folder && join(settings.folder, 'tables.jsonl'),
    )
    this.apis = new HttpApis({ ...this.#shared, accessKey, guard: this.outages.guard('api') }, ports.api ?? 0)
    this.#signIn = new SignIn({ ...this.#shared, api: () => this.apis.first })
    this.stacks = new Stacks({ services: () => this.services(), ignoreUnknown, changed })
  }

  /** Starts STS, IAM and the IoT data plane; if one of them cannot start, the others are stopped. */
  static async open(settings: AccountSettings, tls: TlsMaterial): Promise<Account> {
    const account = new Account(settings, tls)
    try {
      account.#folder = await mkdtemp(join(tmpdir(), `local-aws-${process.pid}-`))
      await writeCa(account.caFile, tls, settings.caFolder)
      const { observer, packedPolicy, ports, saved, switches } = settings
      const shared = account.#shared
      const { outages } = account
      account.#sts = await startSts({ ...shared, port: ports.sts ?? 0, packedPolicy, guard: outages.guard('sts') })
      account.#iot = await startIot({
        ...shared,
        ...{ port: ports.iot ?? 0, guard: outages.guardDoors('iot'), switches, observer },
      })
      account.#iam = await startIamApi({ ...shared, port: ports.iam ?? 0, guard: outages.guard('iam') })
      if (saved !== undefined) {
        account.directory.restore(saved.directory)
        account.buckets.restore(saved.buckets)
      }
      account.#endpoint = await account.#startEndpoint()
      account.#plain = await servePlainOrigin({
        port: ports.plain ?? 0,
        api: (request, response) => account.apis.answer(request, response),
        iot: account.iot.doors,
        site: settings.site,
      })
      if (ports.issuer !== undefined) account.#issuerServer = await serveIssuer(account.#signIn, tls, ports.issuer)
      if (saved !== undefined) await account.#restore(saved)
      return account
    } catch (error) {
      await account.close()
      throw error
    }
  }

  get caFile(): string {
    const { caFolder, id } = this.settings
    return caFolder === undefined ? join(this.#folder, 'ca.pem') : join(caFolder, `ca-${id}.pem`)
  }

  get sts(): Sts {
    return this.#sts ?? notRunning()
  }

  get iam(): ServedService {
    return this.#iam ?? notRunning()
  }

  get iot(): IotDataPlane {
    return this.#iot ?? notRunning()
  }

  /** Vendor and data plane without TLS, for browsers: `http://127.0.0.1:8448`. */
  get plain(): HttpsServer {
    return this.#plain ?? notRunning()
  }

  /** The endpoint of all services together. */
  get endpoint(): HttpsServer {
    return this.#endpoint ?? notRunning()
  }

  /** The URL of the issuer of tokens; undefined if it has no port, and then only this process has its keys. */
  get issuerUrl(): string | undefined {
    return this.#issuerServer?.url
  }

  get callers(): Callers {
    return this.#signIn.callers
  }

  get signInSecret(): string {
    return this.#signIn.secret
  }

  /** Signs a user in to the deployed API. @throws SignInError */
  async signIn(request: SignInRequest): Promise<SignedIn> {
    const signedIn = await this.#signIn.signIn(request)
    this.settings.changed?.()
    return signedIn
  }

  /** The account's files: removed when it ends, unless the caller provides the folder. */
  get folder(): string {
    return this.settings.folder ?? this.#folder
  }

  /** The state that survives a restart. */
  save(): SavedAccount {
    const { accountId, region } = this.settings
    return {
      version: 1,
      accountId,
      region,
      directory: this.directory.save(),
      buckets: this.buckets.snapshot(),
      names: this.names.list(),
      versions: this.functions.versions(),
      stacks: this.stacks.list().map(saveStack),
    }
  }

  /** Restores a saved account; operations that were in progress are then completed or rolled back. */
  async #restore(saved: SavedAccount): Promise<void> {
    this.functions.restoreVersions(saved.versions)
    const stacks = saved.stacks.map(restoreStack)
    for (const stack of stacks) await resumeStack(stack, this.stacks)
    this.names.restore(saved.names)
    for (const stack of stacks) continueStack(stack, this.stacks)
  }

  /** Undefined if no deployed stack has a table. */
  get dynamodb(): DynamoDb | undefined {
    return this.#tables.serving
  }

  /** The services with which CloudFormation creates resources. */
  services(): Services {
    const { clock, functions, settings } = this
    return {
      ...this.#shared,
      iotEndpoint: this.iot.endpoint,
      tables: () => this.#tables.open(),
      triggers: settings.triggers,
      functions,
      code: this.#code,
      names: this.names,
      customAnswers: this.#customAnswers,
      apis: this.apis,
      createJwtAuthorizer: (authorizer) => {
        const own = authorizer.issuer === localIssuer ? [this.#signIn.issuer] : []
        return new JwtAuthorizer(authorizer, clock, settings.trust, ...own)
      },
    }
  }

  /** Resolves when no socket, process or file remains. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#plain?.close()
    await this.#issuerServer?.close()
    await this.#endpoint?.close()
    await this.apis.close()
    await this.functions.close()
    await this.stacks.idle()
    await this.#tables.close()
    await this.#iam?.close()
    await this.#iot?.close()
    await this.#sts?.close()
    if (this.#folder === '') return
    await rm(this.caFile, { force: true })
    await rm(this.#folder, { recursive: true, force: true })
  }

  #startEndpoint(): Promise<HttpsServer> {
    const { buckets, parameters: ssm, functions, stacks, sts, iam, outages } = this
    bootstrap({ ...this.#shared, buckets, parameters: ssm, now: this.clock.now() })
    return startAccountEndpoint({
      ...this.#shared,
      port: this.settings.ports.endpoint ?? 0,
      ...{ stacks, buckets, ssm, functions: functions.byArn, customAnswers: this.#customAnswers, outages },
      sts: sts.answer,
      iam: iam.answer,
      signIn: { secret: this.signInSecret, signIn: (request) => this.signIn(request) },
    })
  }

  #lambdaHost(): LambdaHost {
    const { functions, sts, caFile } = this
    const endpoints = () => ({
      AWS_ENDPOINT_URL_STS: sts.url,
      ...(this.#endpoint === undefined ? {} : { AWS_ENDPOINT_URL_LAMBDA: this.#endpoint.url }),
      ...(this.dynamodb === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: this.dynamodb.url }),
    })
    const down = () => this.outages.of('lambda') !== undefined
    return lambdaHost({ ...this.#shared, functions, down, caFile, endpoints })
  }
}

function notRunning(): never {
  throw new Error('The stand-in is not running')
}
