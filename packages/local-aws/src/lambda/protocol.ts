/** Messages between this process and a function's process. Events and payloads are JSON text, as on Lambda. */
export type ToFunction = {
  readonly type: 'invoke'
  readonly requestId: string
  readonly event: string
  readonly timeoutMilliseconds: number
  readonly functionArn: string
}

export type FromFunction =
  | { readonly type: 'ready' }
  | { readonly type: 'init-error'; readonly errorType: string; readonly errorMessage: string }
  | { readonly type: 'result'; readonly requestId: string; readonly payload: string; readonly rss: number }
  | {
      readonly type: 'error'
      readonly requestId: string
      readonly errorType: string
      readonly errorMessage: string
      readonly rss: number
    }

/** Written to stdout and stderr after an invocation, before its result is sent: all earlier output belongs to that invocation. */
export function endOfCall(requestId: string) {
  return `\0${requestId}\n`
}
