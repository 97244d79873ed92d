import type { Documents } from './documents.js'
import type { Role, User } from './entities.js'

/** The account's IAM state for saving: everything that survives a restart. Temporary credentials are not saved. */
export interface SavedDirectory {
  readonly policies: Readonly<Record<string, string>>
  readonly roles: readonly (Omit<Role, 'trustPolicy' | 'inlinePolicies'> &
    SavedPolicies & { readonly trustPolicy: string })[]
  readonly users: readonly (Omit<User, 'inlinePolicies'> &
    SavedPolicies & { readonly accessKeyId: string; readonly secretAccessKey: string })[]
}

interface SavedPolicies {
  readonly inlinePolicies: Readonly<Record<string, string>>
}

export function saveRole(role: Role, documents: Documents): SavedDirectory['roles'][number] {
  return { ...role, trustPolicy: documents.text(role.trustPolicy), ...savePolicies(role, documents) }
}

export function restoreRole(saved: SavedDirectory['roles'][number], documents: Documents): Role {
  const { trustPolicy, inlinePolicies, roleName } = saved
  return {
    ...saved,
    // Absent in JSON.
    permissionsBoundary: saved.permissionsBoundary,
    trustPolicy: documents.read(trustPolicy, 'trust'),
    inlinePolicies: documents.readInline('role', roleName, inlinePolicies),
  }
}

export function savePolicies({ inlinePolicies }: Role | User, documents: Documents): SavedPolicies {
  const texts = [...inlinePolicies].map(([name, document]) => [name, documents.text(document)] as const)
  return { inlinePolicies: Object.fromEntries(texts) }
}
