import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { createRequire } from 'node:module'
import type { Route, RouteOptions } from '../../connection/route.js'
import { TopicCredentialsError } from '../../errors.js'

/** Loads the proxy libraries on demand, because most programs use no proxy. */
const require = createRequire(import.meta.url)

/** @throws TopicCredentialsError `invalid_argument` for an invalid proxy or `ca` */
export function routeTo(url: string, { ca, proxy }: RouteOptions): Route {
  return { ...trustOf(ca), proxy: proxyOf(url, proxy) }
}

/**
 * An agent for this route. Node 20 and `ws` do not read the proxy from the environment, so libraries do (`https-proxy-agent`, `proxy-from-env`).
 * Only `http://` proxies: over TLS, the device SDK would need a second trust store.
 */
export function agentFor({ ca, proxy }: Route): Agent {
  const trust = ca === undefined ? {} : { ca }
  if (proxy === undefined) return new Agent({ keepAlive: true, ...trust })
  const { HttpsProxyAgent } = require('https-proxy-agent') as typeof import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true })
  // The options given to its constructor are for the proxy's own certificate.
  Object.assign(agent.options, trust)
  return agent
}

/** Host and port of the proxy for error messages, without user name and password. */
export function throughProxy({ proxy }: Route): string {
  return proxy === undefined ? '' : ` through the proxy ${new URL(proxy).host}`
}

function trustOf(ca: string | undefined): Pick<Route, 'ca' | 'trusted'> {
  if (ca === undefined) return { ca, trusted: 'the authorities that this system trusts' }
  if (ca.includes('-----BEGIN')) return { ca, trusted: 'the certificates in `ca`' }
  try {
    const pem = readFileSync(ca, 'utf8')
    if (pem.includes('-----BEGIN CERTIFICATE')) return { ca: pem, trusted: `the certificates in ${ca}` }
  } catch (cause) {
    throw unusableCa(ca, 'it is neither PEM nor a readable file', cause)
  }
  throw unusableCa(ca, 'the file contains no certificate')
}

function unusableCa(ca: string, why: string, cause?: unknown): TopicCredentialsError {
  const value = ca.length > 100 ? `${ca.slice(0, 100)}…` : ca
  return new TopicCredentialsError(`\`ca\` cannot be used ('${value}'): ${why}`, {
    code: 'invalid_argument',
    value,
    remedy: 'Pass certificates in PEM (-----BEGIN CERTIFICATE-----), or the path of a PEM file.',
    cause,
  })
}

function proxyOf(url: string, proxy: string | false | undefined): string | undefined {
  if (proxy === false) return undefined
  const found = proxy ?? proxyInEnvironment(url)
  if (found === '') return undefined
  if (URL.canParse(found) && new URL(found).protocol === 'http:') return found
  throw new TopicCredentialsError('The proxy is not an http:// URL', {
    code: 'invalid_argument',
    value: URL.canParse(found) ? new URL(found).host : found,
    remedy: `Use http://host:port${proxy === undefined ? ' as HTTPS_PROXY, or add the host to NO_PROXY' : ', or `proxy: false`'}.`,
  })
}

function proxyInEnvironment(url: string): string {
  if (!Object.keys(process.env).some((name) => /_proxy$/iu.test(name))) return ''
  const { getProxyForUrl } = require('proxy-from-env') as typeof import('proxy-from-env')
  return getProxyForUrl(url)
}
