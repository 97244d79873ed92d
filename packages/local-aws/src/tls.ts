import { randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'

/** PEM strings for the stand-in's servers: a certificate authority created at each start, and a certificate for localhost. */
export interface TlsMaterial {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

const day = 24 * 60 * 60 * 1000

/**
 * Creates a certificate authority and a certificate for `localhost`, `127.0.0.1` and `::1`, both EC P-256.
 *
 * The authority's private key is discarded, so no further certificate can be signed that a client of this stand-in would trust. Each
 * authority has a unique name, so that a client that trusts an earlier one reports "unknown issuer" instead of "bad signature".
 */
export async function createTlsMaterial(): Promise<TlsMaterial> {
  // Loaded here, because it is the slowest import of the package and most users never start a server.
  const { generate } = await import('selfsigned')
  const run = randomBytes(4).toString('hex')
  const notBeforeDate = new Date(Date.now() - day)
  const notAfterDate = new Date(Date.now() + 30 * day)
  const authority = await generate([{ name: 'commonName', value: `Local AWS ${run}` }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { ca: authority.cert, cert: server.cert, key: server.private }
}

/**
 * The same in a separate thread. Loading the certificate library takes as long as loading everything else that a start needs, so both run
 * in parallel.
 */
export function createTlsMaterialAside(): Promise<TlsMaterial> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./tls-worker.js', import.meta.url))
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The thread that creates the certificates ended without a result.')))
  })
}
