import { describe, expect, it, jest } from '@jest/globals'
import { startLocalAws } from '@topic-credentials/local-aws'
import { parseJson, recordOf } from '@topic-credentials/project'
import { Assembly, synthesize } from '../testing/assembly.js'
import { expectFound, foundChanges } from '../testing/found-changes.js'
import { alwaysSound, expectSound, soundSettings } from '../testing/sound-settings.js'

/** Deployments of the stack in the stand-in: the deploy check passes, or the deployment fails with the check's message. */

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

describe('a sound stack', () => {
  it.each(soundSettings.filter(([name]) => alwaysSound.has(name)))(
    '%s is deployed, with at least six refusals proved',
    expectSound,
  )

  it('is deployed without the check when that is switched off', async () => {
    expect(await new Assembly(synthesize('off', { deployCheck: 'false' })).deploy()).toEqual([])
  })
})

describe('only the vending function vends, and only for its own API', () => {
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
      const { statusCode, body } = recordOf(result?.outcome === 'ok' ? result.payload : undefined)
      return { statusCode, code: recordOf(parseJson(String(body))).code }
    }
    expect(await answer('VendingFunction')).toEqual({ statusCode: 200 })
    // An explicit Deny, which the vendor cannot distinguish from a revocation.
    expect(await answer('Copy')).toEqual({ statusCode: 403, code: 'revoked' })
    expect(await answer('VendingFunction', 'anotherapi')).toEqual({ statusCode: 403, code: 'caller_not_supported' })
  })
})

describe('a deployment fails', () => {
  it.each(foundChanges.filter(({ always }) => always))('$name', (one) => expectFound(synthesize('sound'), one))
})
