import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from '@jest/globals'
import { resourceTypes } from './index.js'

/** CloudFormation's schemas as the pinned command line of the CDK brings them along, for its own diffs. */
const file = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'db.json.gz')

interface Schemas {
  readonly schema: {
    readonly resource: {
      readonly entities: readonly {
        readonly cloudFormationType: string
        readonly properties?: Readonly<Record<string, { readonly causesReplacement?: string }>>
      }[]
    }
  }
}

const { schema } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Schemas
const known = new Map(schema.resource.entities.map((one) => [one.cloudFormationType, one.properties ?? {}]))
const modelled = [...resourceTypes].filter(
  ([name]) => known.has(name) && name !== 'AWS::CloudFormation::CustomResource',
)

it.each(modelled)('%s is replaced by the changes that its schema names', (name, { replacedBy = [] }) => {
  const theirs = Object.entries(known.get(name) ?? {}).filter(
    ([, { causesReplacement }]) => causesReplacement === 'yes',
  )
  expect([...replacedBy].sort()).toEqual(
    theirs
      .map(([property]) => property)
      // What no template may set here need not be listed.
      .filter((property) => replacedBy.includes(property) || isAccepted(name, property))
      .sort(),
  )
})

function isAccepted(name: string, property: string): boolean {
  const { honoured = [], inert = [] } = resourceTypes.get(name) ?? {}
  return inert === 'all' || [...honoured, ...inert].includes(property)
}

it('has schemas of all types except custom resources and metadata', () => {
  expect([...resourceTypes.keys()].filter((name) => !known.has(name))).toEqual([
    'AWS::CDK::Metadata',
    'Custom::AWS',
    'Custom::Trigger',
  ])
})
