/** Globals of a page that Node's types do not declare; a worker has no document. */
interface Page extends Target {
  readonly document?: Target & { readonly visibilityState: string }
  readonly navigator?: { readonly onLine?: boolean }
}

/** The part of an EventTarget that is used. */
export interface Target {
  addEventListener?(name: string, listener: Listener, options: { readonly signal: AbortSignal }): void
}

export type Listener = (event: { readonly persisted?: boolean }) => unknown

/** The page or worker in which this code runs. */
export const page: Page = globalThis as object

/** What a message says if {@link isOffline}. */
export const offline = 'this device is offline'

/** Whether the browser reports that there is no network. */
export function isOffline(): boolean {
  return page.navigator?.onLine === false
}
