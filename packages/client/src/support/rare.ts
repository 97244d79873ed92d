import { loaded } from './loaded.js'

/** Loads the errors that most programs never get. @example throw (await rare()).endpointInvalid(text) */
export function rare(): Promise<typeof import('../rare-errors.js')> {
  return loaded(() => import('../rare-errors.js'))
}
