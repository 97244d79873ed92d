import { createRequire } from 'node:module'

export interface Window {
  eval(code: string): unknown
  readonly document: { createElement(name: string): Element }
}

/** The part of an element that the tests read. */
export interface Element {
  readonly textContent: string
}

/** React's `act` posts messages to itself. Node's MessageChannel would keep the process alive. */
class Channel {
  readonly port1: { onmessage?: () => void } = {}
  readonly port2 = { postMessage: () => void setTimeout(() => this.port1.onmessage?.()) }
}

/** Opens a separate window, with the globals that the client needs and jsdom lacks. */
export function openWindow(): Window {
  const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
    JSDOM: new (html: string, options: object) => { readonly window: Window }
  }
  const { window } = new JSDOM('<!doctype html>', { runScripts: 'outside-only', pretendToBeVisual: true })
  return Object.assign(window, { TextEncoder, TextDecoder, MessageChannel: Channel })
}
