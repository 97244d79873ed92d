import { generateKeyPairSync } from 'node:crypto'
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  STSServiceException,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLocalJWKSet, exportJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import type { AccessKey, Role } from '../iam/index.js'
import { accountId, openTestAccount, policy, type TestAccount } from '../testing/sts-account.js'

const issuer = 'https://login.example/pool'
const audience = 'client-1'
function rsa() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

describe('AssumeRoleWithWebIdentity', () => {
  let account: TestAccount
  let role: Role
  let sign: (claims?: JWTPayload, kid?: string, stranger?: boolean) => Promise<string>
  let reachable = true

  beforeAll(async () => {
    account = await openTestAccount()
    const [{ privateKey, publicKey }, forger] = [rsa(), rsa()]
    const jwk = await exportJWK(publicKey)
    const keys = createLocalJWKSet({
      keys: [
        { ...jwk, kid: 'one', alg: 'RS256' },
        { ...jwk, kid: 'any algorithm' },
      ],
    })
    const provider = account.directory.createOpenIdConnectProvider({
      url: issuer,
      clientIds: [audience, 'client-2'],
      keys: { forKeyId: async () => (reachable ? keys : Promise.reject(new Error('connection refused'))) },
    })
    role = account.directory.createRole({
      roleName: 'web',
      maxSessionDuration: 7200,
      trustPolicy: policy({
        Effect: 'Allow',
        Principal: { Federated: provider.arn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { 'login.example/pool:sub': 'alice*', 'login.example/pool:aud': audience } },
      }),
    })
    sign = (claims = {}, kid = 'one', forged = false) =>
      new SignJWT({ iss: issuer, aud: audience, sub: 'alice', exp: Math.floor(Date.now() / 1000) + 300, ...claims })
        .setProtectedHeader({ alg: kid === 'any algorithm' ? 'PS256' : 'RS256', kid })
        .sign(forged ? forger.privateKey : privateKey)
  })
  afterAll(async () => account[Symbol.asyncDispose]())

  const assume = async (WebIdentityToken: string, more: Partial<AssumeRoleWithWebIdentityCommandInput> = {}) => {
    const input = { RoleArn: role.arn, RoleSessionName: 'alice', WebIdentityToken, ...more }
    try {
      return await account.client({}).send(new AssumeRoleWithWebIdentityCommand(input))
    } catch (error) {
      if (!(error instanceof STSServiceException)) throw error
      return {
        code: error.name.replace(/Exception$/u, ''),
        status: error.$metadata.httpStatusCode,
        message: error.message,
      }
    }
  }

  it('issues credentials to users that the trust policy names, up to the duration of the role', async () => {
    const answer = await assume(await sign(), { DurationSeconds: 7200 })
    expect(answer).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${accountId}:assumed-role/web/alice` },
      SubjectFromWebIdentityToken: 'alice',
      Audience: audience,
      Provider: `arn:aws:iam::${accountId}:oidc-provider/login.example/pool`,
    })
    expect(await assume(await sign(), { DurationSeconds: 7201 })).toMatchObject({ code: 'ValidationError' })
    expect(await assume(await sign(), { Policy: 'no policy' })).toMatchObject({ code: 'MalformedPolicyDocument' })
  })

  it('refuses another subject, another audience of the same provider, another role', async () => {
    const refused = {
      code: 'AccessDenied',
      status: 403,
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    }
    expect(await assume(await sign({ sub: 'bob' }))).toEqual(refused)
    expect(await assume(await sign({ aud: 'client-2' }))).toEqual(refused)
    expect(await assume(await sign({ aud: [audience], azp: 'client-2' }))).toEqual(refused)
    expect(await assume(await sign(), { RoleArn: `${role.arn}2` })).toEqual(refused)
  })

  it('refuses tokens that prove nothing, in AWS’s words', async () => {
    const soon = Math.floor(Date.now() / 1000) + 300
    const unsecured = new UnsecuredJWT({ iss: issuer, aud: audience, sub: 'alice', exp: soon }).encode()
    const invalid = (message: RegExp | string) => ({
      code: 'InvalidIdentityToken',
      status: 400,
      message: expect.stringMatching(message),
    })
    expect(await assume(await sign())).toHaveProperty('Credentials')
    expect(await assume('no token')).toEqual(invalid(/^The ID Token provided is not a valid JWT/u))
    expect(await assume(await sign({ iss: 'https://other.example' }))).toEqual(
      invalid('^No OpenIDConnect provider found in your account for https://other.example$'),
    )
    expect(await assume(await sign({ aud: 'client-3' }))).toEqual(invalid('^Incorrect token audience$'))
    expect(await assume(await sign({ azp: 'client-3' }))).toEqual(invalid('^Incorrect token audience$'))
    expect(await assume(await sign({}, 'any algorithm'))).toEqual(invalid(/could not be validated by AWS/u))
    expect(await assume(await sign({}, 'two'))).toEqual(invalid(/^Couldn't retrieve verification key/u))
    expect(await assume(await sign({}, 'one', true))).toEqual(invalid(/could not be validated by AWS/u))
    expect(await assume(unsecured)).toEqual(invalid(/could not be validated by AWS/u))
    expect(await assume(`${(await sign()).slice(0, -4)}AAAA`)).toEqual(invalid(/could not be validated by AWS/u))
    expect(await assume(await sign({ exp: undefined as never }))).toEqual(invalid(/could not be validated by AWS/u))
    expect(await assume(await sign({ nbf: soon }))).toEqual(invalid(/could not be validated by AWS/u))
  })

  it('refuses an expired token and says when it expired', async () => {
    const exp = Math.floor(Date.now() / 1000) - 1
    expect(await assume(await sign({ exp }))).toMatchObject({
      code: 'ExpiredToken',
      status: 400,
      message: expect.stringMatching(
        `^Token expired: current date/time \\d+ must be before the expiration date/time ${exp}$`,
      ),
    })
  })

  it('says when the issuer cannot be reached', async () => {
    reachable = false
    expect(await assume(await sign())).toMatchObject({ code: 'IDPCommunicationError', status: 400 })
    reachable = true
    expect(await assume(await sign())).toHaveProperty('Credentials')
  })

  it('takes tags and the source identity from the token, if the trust policy lets it', async () => {
    const claims = {
      'https://aws.amazon.com/tags': { principal_tags: { team: ['red'] }, transitive_tag_keys: ['team'] },
      'https://aws.amazon.com/source_identity': 'alice@example.com',
    }
    expect(await assume(await sign(claims))).toMatchObject({
      code: 'AccessDenied',
      message: 'Not authorized to perform sts:TagSession',
    })
    const open = account.directory.createRole({
      roleName: 'open',
      trustPolicy: policy({
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/login.example/pool` },
        Action: 'sts:*',
        Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } },
      }),
    })
    expect(await assume(await sign(), { RoleArn: open.arn })).toMatchObject({ code: 'AccessDenied' })
    const answer = await assume(await sign(claims), { RoleArn: open.arn })
    if (!('Credentials' in answer)) throw new Error(JSON.stringify(answer))
    const { principal } = account.directory.accessKey(answer.Credentials?.AccessKeyId ?? '') as AccessKey
    expect(principal).toMatchObject({
      tags: { team: 'red' },
      sourceIdentity: 'alice@example.com',
      transitiveTagKeys: ['team'],
    })
  })

  it('keeps the token out of the journal', () => {
    expect(account.journal.length).toBeGreaterThan(10)
    expect(JSON.stringify(account.journal)).not.toMatch(/eyJ[\w-]{20}/u)
  })
})
