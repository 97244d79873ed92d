import { existsSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { outputsFile, projectRoot, userPath } from '@topic-credentials/project'
import { TopicCredentialsError } from '../../errors.js'
import type { SharedOptions } from '../options.js'
import { deployedStack } from './deployed-stack.js'
import { signedInTo, type UserOfStandIn, userIn } from './sign-in.js'
import { findStandIn, startStandIn, startStandInForTokens } from './stand-in.js'
import { readCertificates, type Target } from './target.js'

/** Finds a target: the given URL, otherwise a deployed stack, otherwise a running stand-in, otherwise a new stand-in. */
export async function findTarget(options: SharedOptions, tell: (line: string) => void = () => {}): Promise<Target> {
  const { url, ca, outputs, profile, tokenFile } = options
  const user = userIn(options)
  // Only a stand-in can sign a user in.
  if (user !== undefined) return signedIn(projectRoot(), user, tell)
  const certificates = ca === undefined ? undefined : readCertificates(ca)
  if (url !== undefined) return vendorAt(url, certificates)
  const folder = outputs === undefined ? undefined : folderAt(userPath(outputs))
  const root = folder ?? projectRoot()
  if (outputs === undefined && tokenFile !== undefined && !isOwnProject(root)) throw unasked(root)
  const given = outputs !== undefined && folder === undefined
  const file = given ? userPath(outputs) : join(root, outputsFile)
  if (!given && !existsSync(file)) return (await findStandIn(root)) ?? (await startStandIn(root, tell))
  const stack = deployedStack(file)
  if (new URL(stack.credentialsUrl).hostname !== 'localhost') return stack
  // A stack deployed to a stand-in exists while that runs; it needs the stand-in's keys and certificate authority.
  const running = await findStandIn(root)
  if (running !== undefined && (!given || running.credentialsUrl === stack.credentialsUrl)) return running
  // An explicit AWS profile or key means a stand-in that runs elsewhere, as in the environment printed by `npm run local -- --env`.
  const { AWS_PROFILE, AWS_ACCESS_KEY_ID } = process.env
  const caller = profile ?? tokenFile ?? AWS_PROFILE ?? AWS_ACCESS_KEY_ID
  return given || caller !== undefined ? stack : await startStandIn(root, tell)
}

/** The path if it is a folder instead of an outputs file: a project. */
function folderAt(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : undefined
}

/** Signs the user in at the running stand-in, otherwise at a new one whose stack accepts tokens. */
async function signedIn(root: string, user: UserOfStandIn, tell: (line: string) => void): Promise<Target> {
  const standIn = (await findStandIn(root)) ?? (await startStandInForTokens(root, tell))
  try {
    return await signedInTo(standIn, user)
  } catch (error) {
    await standIn[Symbol.asyncDispose]()
    throw error
  }
}

/** Whether this command is installed in that project. The files in another folder could be from anyone. */
function isOwnProject(root: string): boolean {
  const path = relative(realpathSync(root), fileURLToPath(import.meta.url))
  return !path.startsWith('..') && !isAbsolute(path)
}

/** A signature is only valid for one host, but any recipient of a bearer token can use it. */
function unasked(root: string): TopicCredentialsError {
  return new TopicCredentialsError(`The token was not sent to the vendor in the outputs of ${root}`, {
    code: 'invalid_argument',
    value: root,
    remedy: `Confirm the recipient: pass --outputs ${outputsFile} for the stack of that file, or --url.`,
  })
}

function vendorAt(url: string, ca: string | undefined): Target {
  return {
    description: `the vendor ${url}`,
    credentialsUrl: url,
    // If the endpoint's certificate is from a private authority, the vendor's is too.
    ...(ca === undefined ? {} : { ca }),
    [Symbol.asyncDispose]: async () => {},
  }
}
