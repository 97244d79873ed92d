// Runs before the device SDK's tests: there are no client certificates, so TLS alone, with the bridge's authority.
const { join } = require('node:path')
const { TlsContextOptions } = require(join(process.env.PEERS_CRT, 'dist/native/io.js'))

TlsContextOptions.create_client_with_mtls_from_path = () => {
  const options = new TlsContextOptions()
  options.override_default_trust_store_from_path(undefined, process.env.PEERS_CA)
  return options
}
