import type { Stacks } from '../cloudformation/index.js'
import { type EndpointSettings, startEndpoint } from '../endpoint/endpoint.js'
import type { HttpsServer } from '../https-server.js'
import type { FunctionRuntime } from '../lambda/index.js'
import type { Outages, ServiceName } from '../outages.js'
import type { ServiceHandler, ServiceSettings } from '../protocols/signed-service.js'
import type { Buckets } from '../s3/buckets.js'
import type { Parameters } from '../ssm/parameters.js'

interface AccountEndpoint extends ServiceSettings, Omit<EndpointSettings, 'services'> {
  readonly stacks: Stacks
  readonly buckets: Buckets
  readonly ssm: Parameters
  /** By ARN. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>
  /** Services that also have their own port. */
  readonly sts: ServiceHandler
  readonly iam: ServiceHandler
  readonly outages: Outages
}

/** All services of the account on one port. Services that only deployments use are loaded on demand. */
export function startAccountEndpoint(account: AccountEndpoint): Promise<HttpsServer> {
  const { stacks, buckets, ssm, functions, sts, iam, outages } = account
  const guarded = (service: ServiceName, make: () => Promise<ServiceHandler>) =>
    once(async () => outages.guard(service)(await make()))
  return startEndpoint({
    ...account,
    services: {
      sts: async () => sts,
      iam: async () => iam,
      s3: guarded('s3', async () => (await import('../s3/service.js')).s3Service(account, buckets)),
      ssm: guarded('ssm', async () => (await import('../ssm/service.js')).ssmService(account, ssm)),
      lambda: guarded('lambda', async () => (await import('../lambda/service.js')).lambdaService(account, functions)),
      cloudformation: guarded('cloudformation', async () => {
        const { cloudFormationService } = await import('../cloudformation/api/service.js')
        return cloudFormationService(account, { stacks, buckets, ssm })
      }),
    },
  })
}

/** Returns the same promise to all callers. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
