import type { Route } from '../../connection/route.js'
import { TopicCredentialsError } from '../../errors.js'
import { throughProxy } from './route.js'

const trustCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/**
 * Translates errors of Node's network layer, to distinguish untrusted certificates, unknown hosts and unreachable hosts.
 *
 * @param host host and port of the request
 * @param role the peer's role for the user: `the credential vendor`, `the IoT endpoint`
 */
export function networkError(cause: unknown, host: string, role: string, route: Route): TopicCredentialsError {
  const code = codeOf(cause)
  const peer = `${host}${throughProxy(route)}`
  if (trustCodes.has(code)) {
    return new TopicCredentialsError(
      `The certificate of ${role} (${peer}) is not trusted by ${route.trusted}: ${code}`,
      {
        code: 'tls_trust',
        value: host,
        remedy: 'Check the certificate authority: pass the right CA file, or none to use the system’s trust store.',
        cause,
      },
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new TopicCredentialsError(`The host name of ${role} (${peer}) cannot be resolved: ${code}`, {
      code: 'host_not_found',
      value: host,
      remedy: 'Check the name for typos, then the DNS of the network.',
      cause,
    })
  }
  return new TopicCredentialsError(`${capitalised(role)} (${peer}) is not reachable: ${code}`, {
    code: role === 'the credential vendor' ? 'vendor_unavailable' : 'connection_lost',
    value: host,
    remedy: 'Check the network and the endpoint.',
    cause,
  })
}

/** Does not use `instanceof`: errors of Node's core belong to another realm if the caller runs in a vm context. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { code, message, errors } = error as { code?: unknown; message?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return typeof message === 'string' && message !== '' ? message : String(error)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
