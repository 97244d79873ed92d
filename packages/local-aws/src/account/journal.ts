import { isBootstrapRole } from '../bootstrap/bootstrap.js'
import type { Journal } from '../journal.js'
import type { AccountSettings } from './settings.js'

/** Passes entries to the settings' journal, records the keys that STS issued, and reports changes that must be saved. */
export function accountJournal({ journal, changed }: AccountSettings, issued: Set<string>): Journal {
  return (entry) => {
    const { service, event, outcome, fields: { accessKeyId, role } = {} } = entry
    const done = outcome === 'ok'
    // Faults do not apply to the keys of deployments.
    if (service === 'sts' && done && typeof accessKeyId === 'string' && !isBootstrapRole(String(role))) {
      issued.add(accessKeyId)
    }
    journal(entry)
    const writes = (service === 'iam' || service === 's3') && !/^(Get|List|Head)/u.test(event)
    if (writes && done) changed?.()
  }
}
