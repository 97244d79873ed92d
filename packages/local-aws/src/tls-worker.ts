import { parentPort } from 'node:worker_threads'
import { createTlsMaterial } from './tls.js'

/** The thread of `createTlsMaterialAside`. */
parentPort?.postMessage(await createTlsMaterial())
