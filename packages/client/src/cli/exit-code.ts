import { type ClientErrorCode, TopicCredentialsError, VendRefusedError } from '../errors.js'

/** The exit codes of the process. Documented in `--help`; stable. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notGranted: 3,
  noCredentials: 4,
  noConnection: 5,
  timedOut: 6,
  interrupted: 130,
} as const

/** The exit code of each error code; the README's table explains each of them. */
export const exitByCode: Readonly<Record<ClientErrorCode, number>> = {
  aborted: exitCodes.interrupted,
  broker_timed_out: exitCodes.noConnection,
  buffer_overflow: exitCodes.unexpected,
  client_id_taken_over: exitCodes.noConnection,
  clock_skew: exitCodes.noCredentials,
  connection_lost: exitCodes.noConnection,
  credentials_expired: exitCodes.noCredentials,
  credentials_not_found: exitCodes.noCredentials,
  credentials_timed_out: exitCodes.noCredentials,
  endpoint_wrong: exitCodes.noConnection,
  grant_timed_out: exitCodes.timedOut,
  handshake_refused: exitCodes.noConnection,
  host_not_found: exitCodes.noConnection,
  insecure_context: exitCodes.noConnection,
  invalid_argument: exitCodes.usage,
  not_granted: exitCodes.notGranted,
  operation_timed_out: exitCodes.timedOut,
  part_not_loaded: exitCodes.noConnection,
  proxy_refused: exitCodes.noConnection,
  quota_exceeded: exitCodes.noConnection,
  refused: exitCodes.notGranted,
  request_failed: exitCodes.unexpected,
  session_closed: exitCodes.noConnection,
  timed_out: exitCodes.timedOut,
  tls_trust: exitCodes.noConnection,
  unreadable_payload: exitCodes.unexpected,
  user_changed: exitCodes.noCredentials,
  vend_refused: exitCodes.noCredentials,
  vendor_timed_out: exitCodes.noCredentials,
  vendor_unavailable: exitCodes.noCredentials,
}

/** The exit code for a thrown value. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof VendRefusedError && error.problem?.code === 'not_entitled') return exitCodes.notGranted
  return error instanceof TopicCredentialsError ? exitByCode[error.code] : exitCodes.unexpected
}
