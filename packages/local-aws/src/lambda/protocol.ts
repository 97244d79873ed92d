/** Messages between this process and a function's process. Events and payloads travel as JSON text, as Lambda's do. */
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

/** Written to stdout and stderr after a call, before its result is sent: everything before it belongs to that call. */
export function endOfCall(requestId: string) {
  return `\0${requestId}\n`
}
