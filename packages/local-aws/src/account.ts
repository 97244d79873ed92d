import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpApi, JwtAuthorizer, Stage } from './apigateway/index.js'
import type { Clock } from './clock.js'
import type { Services } from './cloudformation/index.js'
import { type DynamoDb, startDynamoDb, Tables } from './dynamodb/index.js'
import type { HttpsServer } from './https-server.js'
import { Directory } from './iam/index.js'
import { type IamApi, startIamApi } from './iam-api/index.js'
import { type IotDataPlane, startIot } from './iot/index.js'
import type { Journal } from './journal.js'
import { FunctionRuntime, type LambdaHost, type LogLine } from './lambda/index.js'
import { type PlainOriginSettings, servePlainOrigin } from './plain-origin.js'
import { type PackedPolicyEstimate, type Sts, startSts } from './sts/index.js'
import type { TlsMaterial } from './tls.js'

export interface AccountSettings {
  /** What the health check answers. */
  readonly id: string
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  readonly journal: Journal
  readonly ports: {
    readonly iot?: number
    readonly api?: number
    readonly sts?: number
    readonly iam?: number
    readonly dynamodb?: number
    readonly plain?: number
  }
  /** Whether a deployment runs what it would wait for. */
  readonly triggers: boolean
  /** Which estimate of the packed size STS refuses by. */
  readonly packedPolicy: PackedPolicyEstimate
  /** PEM that JWT authorizers trust as well. */
  readonly trust?: string
  readonly site?: PlainOriginSettings['site']
}

/** Seconds. A function's process is retired before its role's session ends. */
const functionSessionSeconds = 12 * 60 * 60

/** One account in one region: its services, wired to each other. What is deployed is created through {@link services}. */
export class Account {
  readonly settings: AccountSettings
  readonly clock: Clock & { skew: number }
  readonly tls: TlsMaterial
  readonly directory: Directory
  readonly apis: HttpApi[] = []
  readonly functions = new Map<string, FunctionRuntime>()
  /** Access key IDs that STS handed out. */
  readonly issued = new Set<string>()
  #folder = ''
  #sts: Sts | undefined
  #iot: IotDataPlane | undefined
  #iam: IamApi | undefined
  readonly #journal: Journal
  readonly #logs = new Map<string, LogLine[]>()
  readonly #tables: Tables
  #dynamodb: Promise<DynamoDb> | undefined
  /** The same, once it listens. */
  #serving: DynamoDb | undefined
  #plain: HttpsServer | undefined
  #closing: Promise<void> | undefined

  private constructor(settings: AccountSettings, tls: TlsMaterial) {
    const clock = { skew: 0, now: () => settings.clock.now() + clock.skew }
    this.settings = settings
    this.clock = clock
    this.tls = tls
    this.directory = new Directory({ accountId: settings.accountId, clock })
    this.#tables = new Tables(settings)
    this.#journal = (entry) => {
      const { accessKeyId } = entry.fields ?? {}
      if (entry.service === 'sts' && entry.outcome === 'ok' && typeof accessKeyId === 'string') {
        this.issued.add(accessKeyId)
      }
      settings.journal(entry)
    }
  }

  /** Starts STS, IAM and the IoT data plane; nothing is left running when one of them cannot start. */
  static async open(settings: AccountSettings, tls: TlsMaterial): Promise<Account> {
    const account = new Account(settings, tls)
    try {
      account.#folder = await mkdtemp(join(tmpdir(), `local-aws-${process.pid}-`))
      await writeFile(account.caFile, account.tls.ca)
      const { region, accountId, ports } = settings
      const { directory, clock } = account
      const shared = { directory, region, clock, journal: account.#journal, tls }
      account.#sts = await startSts({ ...shared, port: ports.sts ?? 0, packedPolicy: settings.packedPolicy })
      account.#iot = await startIot({ ...shared, accountId, port: ports.iot ?? 0 })
      account.#iam = await startIamApi({ ...shared, port: ports.iam ?? 0 })
      account.#plain = await servePlainOrigin({
        port: ports.plain ?? 0,
        api: (request, response) => account.#firstApi().answer(request, response),
        iot: account.iot.doors.answer,
        upgrade: account.iot.doors.upgrade,
        site: settings.site,
      })
      return account
    } catch (error) {
      await account.close()
      throw error
    }
  }

  get caFile(): string {
    return join(this.#folder, 'ca.pem')
  }

  get sts(): Sts {
    return this.#sts ?? notRunning()
  }

  get iam(): IamApi {
    return this.#iam ?? notRunning()
  }

  get iot(): IotDataPlane {
    return this.#iot ?? notRunning()
  }

  /** Vendor and data plane without TLS, for browsers: `http://127.0.0.1:8448`. */
  get plain(): HttpsServer {
    return this.#plain ?? notRunning()
  }

  /** Undefined where nothing that was deployed has a table. */
  get dynamodb(): DynamoDb | undefined {
    return this.#serving
  }

  /** What CloudFormation creates resources with. */
  services(): Services {
    const { clock, directory, functions, settings } = this
    const { region, accountId } = settings
    return {
      accountId,
      region,
      clock,
      journal: this.#journal,
      directory,
      iotEndpoint: this.iot.endpoint,
      tables: () => this.#openTables(),
      triggers: settings.triggers,
      functions,
      createFunction: (configuration) => {
        const runtime = new FunctionRuntime(configuration, this.#lambdaHost())
        functions.set(configuration.arn, runtime)
        this.#logs.set(configuration.logGroup, runtime.logs)
        return runtime
      },
      createHttpApi: async (apiId, cors) => {
        const port = this.apis.length === 0 ? (settings.ports.api ?? 0) : 0
        const api = await HttpApi.start(
          {
            apiId,
            accountId,
            region,
            clock,
            journal: this.#journal,
            tls: this.tls,
            healthId: settings.id,
            accessKey: (id) => directory.accessKey(id),
            ...(cors === undefined ? {} : { cors }),
          },
          port,
        )
        this.apis.push(api)
        return api
      },
      createJwtAuthorizer: (authorizer) => new JwtAuthorizer(authorizer, clock, settings.trust),
      createStage: (stage) => new Stage(stage, clock),
      writeLog: (logGroup, message) => this.logs(logGroup).push({ at: clock.now(), source: logGroup, message }),
    }
  }

  /** Lines of a function, by its name, or of a log group. */
  logs(name: string): LogLine[] {
    const runtime = [...this.functions.values()].find(({ configuration }) => configuration.functionName === name)
    const lines = runtime?.logs ?? this.#logs.get(name) ?? []
    if (runtime === undefined) this.#logs.set(name, lines)
    return lines
  }

  /** Resolves when no socket, process or file is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#plain?.close()
    await Promise.all(this.apis.map((api) => api.close()))
    await Promise.all([...this.functions.values()].map((runtime) => runtime.close()))
    await (await this.#dynamodb)?.close()
    await this.#tables.close()
    await this.#iam?.close()
    await this.#iot?.close()
    await this.#sts?.close()
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true })
  }

  #firstApi(): HttpApi {
    return this.apis[0] ?? notRunning()
  }

  async #openTables(): Promise<Tables> {
    const { clock, directory, settings, tls } = this
    const { region, ports } = settings
    const tables = this.#tables
    this.#dynamodb ??= startDynamoDb({
      ...{ tables, directory, region, clock, journal: this.#journal, tls },
      port: ports.dynamodb ?? 0,
    })
    this.#serving = await this.#dynamodb
    return tables
  }

  #lambdaHost(): LambdaHost {
    const { clock, directory, sts } = this
    const dynamodb = () => this.#serving
    return {
      region: this.settings.region,
      clock,
      journal: this.#journal,
      caFile: this.caFile,
      // Read when a process starts: by then all that was deployed is there.
      get endpoints() {
        return {
          AWS_ENDPOINT_URL_STS: sts.url,
          ...(dynamodb() === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: dynamodb()?.url ?? '' }),
        }
      },
      credentials: ({ functionName, roleArn, arn: sourceFunctionArn }) => {
        const role = directory.role(roleArn)
        if (role === undefined) throw new Error(`The role ${roleArn} of the function ${functionName} does not exist`)
        return directory.addSession({
          role,
          sessionName: functionName,
          durationSeconds: functionSessionSeconds,
          sourceFunctionArn,
        })
      },
      expiresAt: (accessKeyId) => directory.accessKey(accessKeyId)?.expiresAt ?? 0,
    }
  }
}

function notRunning(): never {
  throw new Error('The stand-in is not running')
}
