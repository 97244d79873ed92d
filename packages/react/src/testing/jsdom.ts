import { createRequire } from 'node:module'

export interface Window {
  eval(code: string): unknown
  readonly document: { createElement(name: string): Element }
}

/** As much of an element as the tests read. */
export interface Element {
  readonly textContent: string
}

/** React's `act` posts to itself. Node's own MessageChannel would keep the process. */
class Channel {
  readonly port1: { onmessage?: () => void } = {}
  readonly port2 = { postMessage: () => void setTimeout(() => this.port1.onmessage?.()) }
}

/** A window of its own, with what the client's modules want and jsdom does not have. */
export function openWindow(): Window {
  const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
    JSDOM: new (html: string, options: object) => { readonly window: Window }
  }
  const { window } = new JSDOM('<!doctype html>', { runScripts: 'outside-only', pretendToBeVisual: true })
  return Object.assign(window, { TextEncoder, TextDecoder, MessageChannel: Channel })
}
