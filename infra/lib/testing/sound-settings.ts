import { expect } from '@jest/globals'
import { Assembly, synthesize } from './assembly.js'

/** Settings with which the stack is deployed, and its check proves what it has to. */
export const soundSettings: readonly (readonly [name: string, context: Readonly<Record<string, string>>])[] = [
  ['as it is', {}],
  ['with a wide role: the session policy alone narrows it', { ceiling: 'AWSIoTFullAccess' }],
  [
    'with tokens, which users then need',
    { jwtIssuer: 'https://login.example.com/', jwtAudience: 'app', jwtScope: 'mqtt' },
  ],
  ['with one call of the function at a time', { concurrency: '1' }],
  ['with a cache', { cacheSeconds: '300' }],
  ['from the file alone, without a table', { access: 'file' }],
  ['with a ceiling that is declared', { ceiling: 'tenants/+/#' }],
  ['with a boundary on every role', { permissionsBoundaryArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
  ['for one account and Region', { account: '210987654321', region: 'eu-west-1' }],
  ['with a small limit', { rateLimit: '2', burstLimit: '1' }],
]

/** Tried at each `npm test`; the others are of the longer tier. */
export const alwaysSound: ReadonlySet<string> = new Set(['as it is', 'with tokens, which users then need'])

/** Deploys it: at least six refusals and six permissions are proved, and each kind of them. */
export async function expectSound(name: string, context: Readonly<Record<string, string>>): Promise<void> {
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
    ...(context.access === 'file' ? [] : ['with a revoked mark', 'write another item']),
    ...(context.access === 'file' || context.ceiling === 'AWSIoTFullAccess' ? [] : ['beyond the ceiling']),
  ]) {
    expect(refused).toContainEqual(expect.stringContaining(what))
  }
  const mark = context.access === 'file' ? [] : ['without the mark']
  for (const what of ['connect as', 'subscribe to', 'publish to', 'receive from', ...mark]) {
    expect(allowed).toContainEqual(expect.stringContaining(what))
  }
  expect(said.join()).not.toMatch(/X-Amz|SecretAccessKey|ASIA/u)
}
