/** Globals of a page that Node's types do not declare; a worker has no document. */
interface Page {
  readonly document?: Target & { readonly visibilityState: string }
  readonly navigator?: { readonly onLine?: boolean }
  readonly addEventListener?: Target['addEventListener']
  readonly removeEventListener?: Target['removeEventListener']
}

interface Target {
  addEventListener(name: string, listener: (event: { readonly persisted?: boolean }) => void): void
  removeEventListener(name: string, listener: (event: { readonly persisted?: boolean }) => void): void
}

/** The page or worker in which this code runs. */
export const page: Page = globalThis as object

/** Whether the browser reports that there is no network. */
export function isOffline(): boolean {
  return page.navigator?.onLine === false
}
