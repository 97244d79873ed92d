import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SignedInUser as SignedIn, SignInRequest } from '@topic-credentials/project'
import type { Ports } from './account/settings.js'
import type { Clock } from './clock.js'
import type { RealisedStack, Redeployment } from './cloudformation/index.js'
import type { Faults } from './faults.js'
import type { AccessKey, CognitoIdentity, Directory, TypeWildcards } from './iam/index.js'
import type { IotDataPlane, Observer, Switches } from './iot/index.js'
import type { Journal } from './journal.js'
import type { FunctionRuntime, LogLine } from './lambda/index.js'
import type { Callers } from './sign-in/sign-in.js'
import type { PackedPolicyEstimate, Sts } from './sts/index.js'

export interface LocalAwsOptions {
  /** Output folder of `cdk synth`: `cdk.out`. Absent: the account is empty and waits for `cdk deploy`. */
  readonly assembly?: string | undefined
  /** Default: the stack's own, or `us-east-1` if the app does not define one. */
  readonly region?: string | undefined
  /** Default: the stack's own, or `123456789012`. */
  readonly accountId?: string
  /** Default: any free ports. */
  readonly ports?: Ports
  readonly clock?: Clock
  readonly journal?: Journal
  /** Values of template parameters. */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * Whether to run the functions of a deployment that can fail it (`Custom::Trigger`). Default true; a start without them is faster, but does
   * not check the stack.
   */
  readonly triggers?: boolean
  /**
   * Called when every endpoint responds, before the triggers have run: they can still fail the deployment, and then everything is
   * stopped.
   */
  readonly serving?: (served: Served) => void
  /**
   * The estimate of the packed size that STS enforces for session policies: AWS does not publish how it packs. Default: `high`, the worst case
   * that the published sizes allow.
   */
  readonly packedPolicy?: PackedPolicyEstimate
  /**
   * Whether a wildcard in the place of a resource type of IoT matches, or never does: AWS's page says that one cannot use it, and what
   * IAM does is uncertain. @default 'match'
   */
  readonly typeWildcards?: TypeWildcards
  /** Behaviour that AWS IoT's documentation leaves open, if different from the defaults. */
  readonly switches?: Partial<Switches>
  /** Folder of the certificate authority's file, created with mode 0700 if necessary. @default - a temporary one */
  readonly caFolder?: string | undefined
  /** Further certificate authorities (PEM) that JWT authorizers trust, for an issuer on this machine. */
  readonly trust?: string | undefined
  /** Serves pages on the plain origin. Returns whether there is one; otherwise the vendor's API responds. */
  readonly site?: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>) | undefined
  /** Receives each decision and message of the data plane: for tools that show them. */
  readonly observer?: Observer | undefined
  /** Resources of unsupported types are skipped instead of failing the deployment. Default false. */
  readonly ignoreUnknown?: boolean | undefined
  /**
   * Folder in which the account is saved after each change: stacks, users, roles, uploads. The next start restores it. A second stand-in cannot
   * use the folder while the first one runs. Not for a stand-in with `assembly`.
   */
  readonly state?: string | undefined
  /** Deletes the saved account first. Default false. */
  readonly fresh?: boolean | undefined
  /** Called after each change of saved state, so often. */
  readonly changed?: () => void
}

/** `iot` is host and port, the others are URLs. `dynamodb` is set if the deployed stacks have a table. */
export interface Endpoints {
  readonly sts: string
  readonly iam: string
  /** The URL of the first HTTP API; if nothing is deployed, the same as `endpoint`. */
  readonly api: string
  readonly iot: string
  readonly dynamodb?: string
  /** Vendor and data plane on one origin without TLS: for browsers on this machine. */
  readonly plain: string
  /** The issuer of tokens, if it has a port. Its `iss` is the same on any port. */
  readonly issuer?: string
  /** All services of the account, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string
}

/** The address of a stand-in. */
export interface Served {
  /** Unique for each start. */
  readonly id: string
  readonly region: string
  readonly accountId: string
  /** File with the certificate authority (PEM), for `NODE_EXTRA_CA_CERTS`, `AWS_CA_BUNDLE` and similar variables. */
  readonly caFile: string
  readonly endpoints: Endpoints
}

/** The session that {@link LocalAws.createSession} creates. */
export interface SessionOf {
  readonly roleName: string
  readonly sessionName: string
  readonly cognitoIdentity?: CognitoIdentity
}

/** A running stand-in. Deployed stacks may change while it runs: each property returns the current state. */
export interface LocalAws extends Served, AsyncDisposable {
  /** In the format of `cdk deploy --outputs-file`: by stack name, then by output name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly stacks: readonly RealisedStack[]
  /** PEM of the certificate authority of all endpoints; created at each start. */
  readonly ca: string
  readonly directory: Directory
  readonly iot: IotDataPlane
  readonly sts: Sts
  /** By function name. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>
  /** An IAM user that may call the API and deploy with the CDK's roles, but not assume the topic role. */
  readonly developer: AccessKey
  /**
   * An IAM user that may revoke and manage access: change inline policies of roles, end MQTT connections, read and write tables. It does not
   * have the developer's permissions.
   */
  readonly operator: AccessKey
  readonly faults: Faults
  /** The callers of the deployed API: `jwt` are holders of tokens of this stand-in's issuer, `foreign` of another issuer. */
  readonly callers: Callers
  /** The secret for `POST /_local/sign-in` of the endpoint, with which other processes of this user sign users in. */
  readonly signInSecret: string
  /** Lines of a function, by its name, or of a log group; in order. */
  logs(name: string): readonly LogLine[]
  /**
   * Signs a user in to the deployed API: a token of the stand-in's own issuer, or short-lived keys of an IAM user, which is created if it does
   * not exist.
   *
   * @throws SignInError
   */
  signIn(request: SignInRequest): Promise<SignedIn>
  /** Creates a user with an access key. Without a policy, it gets the developer's. */
  createUser(name: string, policyDocument?: unknown): AccessKey
  /**
   * Credentials of a role session, for callers other than users: a profile with a session name generated by an SDK, or an identity of a
   * Cognito identity pool (`cognitoIdentity`). The role is created if necessary, with the policy or the developer's.
   */
  createSession(session: SessionOf, policyDocument?: unknown): AccessKey
  /** Adds or replaces an inline policy of a role; takes effect for existing sessions too. */
  putRolePolicy(roleName: string, policyName: string, document: unknown): void
  deleteRolePolicy(roleName: string, policyName: string): void
  /**
   * Deploys an assembly in place: stacks that differ are updated, new ones are created, connections stay. An update that fails is rolled back,
   * and the result contains the reason. An account with `state` stores the functions' code; another one reads it from the folder.
   *
   * @param options `standing`: updates existing stacks only
   * @throws RealisationError for a folder without an assembly
   */
  deploy(assembly: string, options?: { readonly standing?: boolean }): Promise<readonly Redeployment[]>
  /**
   * What {@link deploy} would change in existing stacks, without changing it.
   *
   * @throws RealisationError for a folder without an assembly
   */
  plan(assembly: string): Promise<readonly Redeployment[]>
  /** When a stack was last changed, in milliseconds since the epoch; undefined in an empty account. */
  readonly deployedAt: number | undefined
  /** Ends everything: sockets, processes, files. Resolves when nothing remains; idempotent. */
  close(): Promise<void>
}

export type { Redeployment }
