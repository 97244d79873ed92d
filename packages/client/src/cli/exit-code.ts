import { type ClientErrorCode, TopicCredentialsError, VendRefusedError } from '../errors.js'

/** What the process answers to the shell. Documented in `--help`; stable. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notGranted: 3,
  noCredentials: 4,
  noConnection: 5,
  timedOut: 6,
  interrupted: 130,
} as const

/** How each of our errors ends the process; the README's table says what to do about each. */
export const EXIT_BY_CODE: Readonly<Record<ClientErrorCode, number>> = {
  aborted: EXIT.interrupted,
  buffer_overflow: EXIT.unexpected,
  client_id_taken_over: EXIT.noConnection,
  clock_skew: EXIT.noCredentials,
  connection_lost: EXIT.noConnection,
  credentials_expired: EXIT.noCredentials,
  credentials_not_found: EXIT.noCredentials,
  endpoint_wrong: EXIT.noConnection,
  handshake_refused: EXIT.noConnection,
  host_not_found: EXIT.noConnection,
  invalid_argument: EXIT.usage,
  not_granted: EXIT.notGranted,
  quota_exceeded: EXIT.noConnection,
  session_closed: EXIT.noConnection,
  timed_out: EXIT.timedOut,
  tls_trust: EXIT.noConnection,
  unreadable_payload: EXIT.unexpected,
  vend_refused: EXIT.noCredentials,
  vendor_unavailable: EXIT.noCredentials,
}

/** The exit code for whatever was thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof VendRefusedError && error.problem?.code === 'not_entitled') return EXIT.notGranted
  return error instanceof TopicCredentialsError ? EXIT_BY_CODE[error.code] : EXIT.unexpected
}
