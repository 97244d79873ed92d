export {
  type Announcement,
  type AnnouncementPlace,
  announce,
  findRunning,
  type SignedInUser as SignedIn,
  type SignInRequest,
} from '@topic-credentials/project'
export type { HttpApiFaults } from './apigateway/index.js'
export { assemblyIn } from './carried-assembly.js'
export type { Companion } from './cli/companion.js'
export type { Fault } from './cli/keys.js'
export { type Clock, systemClock } from './clock.js'
export { RealisationError } from './cloudformation/errors.js'
export type { RealisedStack } from './cloudformation/index.js'
export type { DynamoDbFaults } from './dynamodb/index.js'
export type { Faults } from './faults.js'
export type { ConnectionFacts, DeliveryOutcome, MqttMessage, ObservedDecision, Observer } from './iot/index.js'
export type { Journal, JournalEntry } from './journal.js'
export type { FunctionRuntime, InvocationResult, LogLine } from './lambda/index.js'
export { type FollowOptions, follow } from './live/follow.js'
export { startLocalAws } from './local-aws.js'
export type { Endpoints, LocalAws, LocalAwsOptions, Redeployment, Served } from './local-aws-types.js'
export { localAudience, localIssuer } from './sign-in/names.js'
export type { Callers } from './sign-in/sign-in.js'
export { SignInError, type SignInErrorCode } from './sign-in/sign-in-error.js'
export type { PackedPolicyEstimate } from './sts/index.js'
