import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { type ConnectOptions, connect } from '../../connect.js'
import { fromVendor } from '../../from-vendor.js'
import type { Session } from '../../session.js'
import { Issuer } from '../servers/issuer.js'
import { stackWith } from './stack-variant.js'

/** A stand-in whose stack accepts tokens of a test's issuer, with its own entitlements, for all tests of a file. */
export class TokenAccount {
  #started: { readonly aws: LocalAws; readonly issuer: Issuer } | undefined
  readonly #open: AsyncDisposable[] = []

  constructor(entitlements: object) {
    let assembly = ''
    beforeAll(async () => {
      const issuer = await Issuer.start()
      const file = join(process.cwd(), `node_modules/.entitlements-${process.pid}.json`)
      writeFileSync(file, JSON.stringify(entitlements))
      const jwt = { jwtIssuer: issuer.url, jwtAudience: 'app', jwtScope: 'mqtt' }
      assembly = await stackWith({ ...jwt, entitlements: file, deployCheck: 'false' })
      rmSync(file)
      this.#started = { issuer, aws: await startLocalAws({ assembly, trust: issuer.certificate }) }
    })
    afterEach(async () => {
      for (const one of this.#open.splice(0)) await one[Symbol.asyncDispose]()
    })
    afterAll(async () => {
      await this.#started?.aws.close()
      await this.#started?.issuer[Symbol.asyncDispose]()
      rmSync(assembly, { recursive: true })
    })
  }

  get aws(): LocalAws {
    return this.#running().aws
  }

  /** A session of the user `sub`, which is closed after the test. */
  async connectAs(sub: string, options: Partial<ConnectOptions> = { transport: 'websocket' }): Promise<Session> {
    const { aws, issuer } = this.#running()
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer.url, aud: 'app', sub, scope: 'mqtt', iat: now, nbf: now, exp: now + 600 }
    const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
    const credentials = fromVendor({ url, ca: aws.ca, token: () => issuer.token(claims) })
    const session = await connect({ credentials, ca: aws.ca, ...options })
    this.#open.push(session, { [Symbol.asyncDispose]: async () => credentials.close() })
    return session
  }

  #running(): { readonly aws: LocalAws; readonly issuer: Issuer } {
    if (this.#started === undefined) throw new Error('The account starts before the first test')
    return this.#started
  }
}
