import type { Clock } from '../../clock.js'
import type { Authorization } from '../access/authorization.js'
import type { ConnectQuota } from '../access/connect-quota.js'
import type { Limits } from '../access/limits.js'
import type { Recorder } from '../access/recorder.js'
import type { Switches } from '../access/switches.js'
import type { LifecycleEvents } from '../broker/lifecycle-events.js'
import type { RetainedMessages } from '../broker/retained-messages.js'
import type { Router } from '../broker/router.js'
import type { Sessions } from '../broker/sessions.js'

/** The parts of the data plane that rules and operations use. */
export interface DataPlane {
  readonly clock: Clock
  readonly limits: Limits
  readonly switches: Switches
  readonly authorization: Authorization
  readonly recorder: Recorder
  readonly connectQuota: ConnectQuota
  readonly retained: RetainedMessages
  readonly router: Router
  readonly sessions: Sessions
  readonly lifecycle: LifecycleEvents
}
