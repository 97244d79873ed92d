import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { rolePolicyLimit } from '@topic-credentials/grants'
import { RevocationError } from './errors.js'
import { type PolicyDocument, policyName } from './policy-document.js'

/** A role's inline policies as they were read: ours, and how much room the others leave. */
export interface RolePolicies {
  readonly roleName: string
  /** Our policy's text. */
  readonly own: string | undefined
  /** Characters that ours may have. */
  readonly room: number
}

export async function readRolePolicies(iam: IAMClient, roleName: string): Promise<RolePolicies> {
  const names: string[] = []
  let marker: string | undefined
  do {
    const page = await iam.send(
      new ListRolePoliciesCommand({ RoleName: roleName, ...(marker === undefined ? {} : { Marker: marker }) }),
    )
    names.push(...(page.PolicyNames ?? []))
    marker = page.IsTruncated === true ? page.Marker : undefined
  } while (marker !== undefined)
  const read = async (PolicyName: string) => {
    const { PolicyDocument: text = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName }))
    return decodeURIComponent(text)
  }
  const texts = new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)))
  const own = texts.get(policyName)
  texts.delete(policyName)
  const taken = [...texts.values()].reduce((sum, text) => sum + JSON.stringify(JSON.parse(text)).length, 0)
  return { roleName, own, room: rolePolicyLimit - taken }
}

/** @throws RevocationError `no_room`, before anything is written */
export function checkRoom({ roleName, room }: RolePolicies, document: PolicyDocument | undefined): void {
  const characters = document === undefined ? 0 : JSON.stringify(document).length
  if (characters <= room) return
  throw new RevocationError(
    'no_room',
    `The revocations would have ${characters} characters, and the other inline policies of the role ${roleName} leave ${room} of ${rolePolicyLimit}`,
    {
      value: characters,
      remedy:
        'Nothing was changed. Shut users out where they sign in, then take their revocation back (--undo): their old sessions stay out.',
    },
  )
}

/** Writes our policy where it differs from what was read; deletes it where nothing is left to say. */
export async function writeRolePolicy(
  iam: IAMClient,
  { roleName: RoleName, own }: RolePolicies,
  document: PolicyDocument | undefined,
): Promise<void> {
  const text = document === undefined ? undefined : JSON.stringify(document)
  if (text === own) return
  const target = { RoleName, PolicyName: policyName }
  if (text === undefined) {
    await iam.send(new DeleteRolePolicyCommand(target))
  } else {
    await iam.send(new PutRolePolicyCommand({ ...target, PolicyDocument: text }))
  }
}
