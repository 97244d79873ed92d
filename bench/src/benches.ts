import type { Bench } from './bench.js'
import { density } from './density/density.js'
import { deployment } from './deployment/deployment.js'
import { firstMessage } from './first-message/first-message.js'
import { fleet } from './fleet/fleet-simulation.js'
import { proof } from './proof/proof.js'
import { renewal } from './renewal/renewal.js'
import { request } from './request/request.js'
import { revocation } from './revocation/revocation.js'
import { size } from './size/size.js'
import { standIn } from './stand-in/stand-in.js'
import { vend } from './vend/vend.js'

/** All benchmarks, in the order in which they run and are reported. */
export const benches: readonly Bench[] = [
  vend,
  firstMessage,
  renewal,
  request,
  density,
  proof,
  revocation,
  deployment,
  standIn,
  fleet,
  size,
]
