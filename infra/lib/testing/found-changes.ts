import { expect } from '@jest/globals'
import { Assembly, type Statements } from './assembly.js'

/** A manual change that the deploy check must detect. */
export interface FoundChange {
  readonly name: string
  readonly change: (assembly: Assembly) => void
  /** What the check says of the deployment. */
  readonly heading: string
  /** The line that says why. */
  readonly finding: string
  /** Tried at each `npm test`; the others are of the longer tier. */
  readonly always: boolean
}

const wider = 'would grant more than the entitlements allow'
const broken = 'deployment does not work'
const everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
const root = { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } }

const changes: readonly (readonly [string, (assembly: Assembly) => void, string, string])[] = [
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
    'when the session policy allows every client ID',
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
    'when the API has no authorizer',
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
    'when the function answers a request for too many grants with all of the user’s grants',
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
    (assembly) => assembly.entitlements({ entitlements: [{ publish: ['users/#'], subscribe: ['users/${userId}/#'] }] }),
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
    'when the function has no ceiling',
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

/** One of each kind: the session policy, the trust, the entitlements, the table, the role. */
const always = new Set([
  'when the session policy allows everything',
  'when the function forgets the session policy',
  'when everybody may assume the role',
  'when the vendor may not assume the role',
  'when the function has other entitlements than were synthesized',
  'when the function does not look into the access table',
  'when the role forbids what was granted',
])

export const foundChanges: readonly FoundChange[] = changes.map(([name, change, heading, finding]) => ({
  name,
  change,
  heading,
  finding,
  always: always.has(name),
}))

/** Makes the change in a copy of a sound assembly, and expects the deployment to fail for it. */
export async function expectFound(sound: string, { change, heading, finding }: FoundChange): Promise<void> {
  const assembly = Assembly.copyOf(sound)
  change(assembly)
  const failure = await assembly.deploy().then(
    () => 'deployed',
    (error: Error) => error.message,
  )
  expect(failure).toContain('CREATE_FAILED | Custom::Trigger')
  expect(failure).toContain(heading)
  expect(failure).toContain(finding)
}
