import type { HttpApi, Integration, JwtAuthorizer, Route } from '../apigateway/index.js'
import type { FunctionRuntime, InvocationResult, ServiceCall } from '../lambda/index.js'

/** An API with the parts of its routes, by ID. */
export interface ApiParts {
  readonly api: HttpApi
  readonly integrations: Map<string, LiveIntegration>
  readonly authorizers: Map<string, JwtAuthorizer>
  readonly routes: Map<string, Route>
}

/** An integration object that routes keep when it changes. */
export class LiveIntegration implements Integration {
  target: FunctionRuntime
  timeoutMilliseconds: number

  constructor(target: FunctionRuntime, timeoutMilliseconds: number) {
    this.target = target
    this.timeoutMilliseconds = timeoutMilliseconds
  }

  decide(call: ServiceCall): { readonly allowed: boolean; readonly reason: string } {
    return this.target.policy.decide(call)
  }

  invoke(event: unknown): Promise<InvocationResult> {
    return this.target.invoke(event)
  }
}
