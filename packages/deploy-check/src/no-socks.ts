/** Replaces the package `socks` in the bundle. MQTT.js loads it for SOCKS proxies, which a Lambda function does not use. */
// biome-ignore lint/style/useNamingConvention: the name that MQTT.js imports.
export const SocksClient = {
  createConnection(): never {
    throw new Error('This bundle does not support SOCKS proxies.')
  },
}
