export type { Reading } from './documents/arn-pattern.js'
export { ProofError } from './errors.js'
export type { Location } from './names/places.js'
export {
  type Counterexample,
  type Differences,
  differences,
  type Policies,
  type Proof,
  type ProofOptions,
  prove,
} from './prove.js'
