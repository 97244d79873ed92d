import { isBootstrapRole } from '../bootstrap/bootstrap.js'
import type { Journal } from '../journal.js'
import type { AccountSettings } from './settings.js'

/** The settings' journal, read on the way: which keys STS handed out, and whether something changed that is to be kept. */
export function accountJournal({ journal, changed }: AccountSettings, issued: Set<string>): Journal {
  return (entry) => {
    const { service, event, outcome, fields: { accessKeyId, role } = {} } = entry
    const done = outcome === 'ok'
    // Keys of deployments are not what faults are about.
    if (service === 'sts' && done && typeof accessKeyId === 'string' && !isBootstrapRole(String(role))) {
      issued.add(accessKeyId)
    }
    journal(entry)
    const writes = (service === 'iam' || service === 's3') && !/^(Get|List|Head)/u.test(event)
    if (writes && done) changed?.()
  }
}
