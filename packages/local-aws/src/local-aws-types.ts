import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ports } from './account/settings.js'
import type { Clock } from './clock.js'
import type { RealisedStack } from './cloudformation/index.js'
import type { Faults } from './faults.js'
import type { AccessKey, CognitoIdentity, Directory, TypeWildcards } from './iam/index.js'
import type { IotDataPlane, Observer, Switches } from './iot/index.js'
import type { Journal } from './journal.js'
import type { FunctionRuntime, LogLine } from './lambda/index.js'
import type { Callers, SignedIn, SignInRequest } from './sign-in/sign-in.js'
import type { PackedPolicyEstimate, Sts } from './sts/index.js'

export interface LocalAwsOptions {
  /** Folder that `cdk synth` writes: `cdk.out`. Absent: the account is empty, and waits for `cdk deploy`. */
  readonly assembly?: string
  /** Default: the stack's own, or `us-east-1` where the app leaves it open. */
  readonly region?: string
  /** Default: the stack's own, or `123456789012`. */
  readonly accountId?: string
  /** Any free ones where none are given. */
  readonly ports?: Ports
  readonly clock?: Clock
  readonly journal?: Journal
  /** Values of template parameters. */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * Whether the functions run that a deployment waits for (`Custom::Trigger`), and can fail it. Default true; a start
   * without them is faster and proves nothing about the stack.
   */
  readonly triggers?: boolean
  /**
   * Called when every endpoint answers, before the triggers have run: they may still fail the deployment, and then all of
   * it ends.
   */
  readonly serving?: (served: Served) => void
  /**
   * Which estimate of the packed size STS refuses session policies by: AWS does not publish how it packs. Default: `high`, the worst that
   * the published sizes allow.
   */
  readonly packedPolicy?: PackedPolicyEstimate
  /**
   * Whether a wildcard in the place of a resource type of IoT matches, or never does: AWS's page says that one cannot use it, and what
   * IAM does is uncertain. @default 'match'
   */
  readonly typeWildcards?: TypeWildcards
  /** What AWS IoT's documentation leaves open, where it is to differ from the defaults. */
  readonly switches?: Partial<Switches>
  /** Folder for the certificate authority's file, made with mode 0700 where there is none. @default - a temporary one */
  readonly caFolder?: string
  /** PEM of certificate authorities that JWT authorizers trust as well, for an issuer that runs on this machine. */
  readonly trust?: string
  /** Pages for the plain origin. Answers whether there is one; where there is none, the vendor's API answers. */
  readonly site?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** Is told what the data plane decides and carries, while it does: for tools that show it. */
  readonly observer?: Observer
  /** Resources of types that are not modelled are left out, in place of failing the deployment. Default false. */
  readonly ignoreUnknown?: boolean
  /**
   * Folder in which the account is written down as it changes: stacks, users, roles, uploads. What is there comes back. It is for
   * one stand-in at a time, and not for one that realises an assembly.
   */
  readonly state?: string
  /** Called whenever something has changed that outlives the stand-in; often. */
  readonly changed?: () => void
}

/** `iot` is host and port, the others are URLs. `dynamodb` is there when what is deployed has a table. */
export interface Endpoints {
  readonly sts: string
  readonly iam: string
  /** Of the first HTTP API; where nothing is deployed, the same as `endpoint`. */
  readonly api: string
  readonly iot: string
  readonly dynamodb?: string
  /** Vendor and data plane once more, on one origin without TLS: for browsers of this machine. */
  readonly plain: string
  /** The issuer of tokens, where it listens. Its name is the same wherever that is. */
  readonly issuer?: string
  /** All services of the account, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string
}

/** Where a stand-in is to be found. */
export interface Served {
  /** Different at each start. */
  readonly id: string
  readonly region: string
  readonly accountId: string
  /** File with the PEM of the certificate authority, for `NODE_EXTRA_CA_CERTS`, `AWS_CA_BUNDLE` and the like. */
  readonly caFile: string
  readonly endpoints: Endpoints
}

/** Whose session {@link LocalAws.createSession} makes. */
export interface SessionOf {
  readonly roleName: string
  readonly sessionName: string
  readonly cognitoIdentity?: CognitoIdentity
}

/** A running stand-in. What is deployed may change while it runs: each reading gives what is there then. */
export interface LocalAws extends Served, AsyncDisposable {
  /** As `cdk deploy --outputs-file` writes them: by stack, by output. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly stacks: readonly RealisedStack[]
  /** PEM of the certificate authority that every endpoint's certificate is from; made at each start. */
  readonly ca: string
  readonly directory: Directory
  readonly iot: IotDataPlane
  readonly sts: Sts
  /** By function name. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>
  /** An IAM user that may call the API, deploy with the CDK's roles, and may not assume the topic role. */
  readonly developer: AccessKey
  /**
   * An IAM user that may revoke, and say who may have what: change inline policies of roles, end MQTT connections, read and write
   * tables. Not what the developer may.
   */
  readonly operator: AccessKey
  readonly faults: Faults
  /** Whom the deployed API takes: `jwt` are tokens of this stand-in's issuer, `foreign` those of another. */
  readonly callers: Callers
  /** With it `POST /_local/sign-in` of the endpoint signs anybody in. For other processes of this user. */
  readonly signInSecret: string
  /** Lines of a function, by its name, or of a log group; in order. */
  logs(name: string): readonly LogLine[]
  /**
   * Signs in anybody, as what is deployed has its callers: a token of the stand-in's own issuer, or short-lived keys of an IAM user, who is made
   * where there is none.
   *
   * @throws SignInError
   */
  signIn(request: SignInRequest): Promise<SignedIn>
  /** A further user with its key. Without a policy: the developer's. */
  createUser(name: string, policyDocument?: unknown): AccessKey
  /**
   * Credentials of a role's session, for callers other than users: a profile with a session name that an SDK made up, or an identity of a
   * Cognito identity pool (`cognitoIdentity`). The role is made where there is none, with the policy or the developer's.
   */
  createSession(session: SessionOf, policyDocument?: unknown): AccessKey
  /** Adds or replaces an inline policy of a role, under live sessions too. */
  putRolePolicy(roleName: string, policyName: string, document: unknown): void
  deleteRolePolicy(roleName: string, policyName: string): void
  /** Ends everything: sockets, processes, files. Resolves when nothing is left; may be called twice. */
  close(): Promise<void>
}
