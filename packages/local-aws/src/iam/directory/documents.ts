import type { PolicyDocument, PolicyKind } from '../policy/document.js'
import { parsePolicyDocument } from '../policy/parse.js'
import { checkInlinePolicies, policySize } from './quotas.js'

type Owner = 'role' | 'user'

/** Stored policy documents: parsed once, and returned in their original form. */
export class Documents {
  readonly #texts = new WeakMap<PolicyDocument, string>()

  /** @throws MalformedPolicyDocumentError */
  read(source: unknown, kind: PolicyKind): PolicyDocument {
    const document = parsePolicyDocument(source, kind)
    if (!this.#texts.has(document)) {
      this.#texts.set(document, typeof source === 'string' ? source : JSON.stringify(source))
    }
    return document
  }

  text(document: PolicyDocument): string {
    return this.#texts.get(document) ?? JSON.stringify(document)
  }

  readInline(owner: Owner, name: string, sources: Readonly<Record<string, unknown>> = {}): Map<string, PolicyDocument> {
    const policies = new Map(Object.entries(sources).map(([key, source]) => [key, this.read(source, 'identity')]))
    this.checkInline(owner, name, policies)
    return policies
  }

  /** @throws LimitExceededError */
  checkInline(owner: Owner, name: string, policies: ReadonlyMap<string, PolicyDocument>): void {
    const sizes = [...policies.values()].map((document) => policySize(this.text(document)))
    checkInlinePolicies(
      owner,
      name,
      sizes.reduce((sum, size) => sum + size, 0),
    )
  }
}
