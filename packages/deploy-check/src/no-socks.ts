/** Stands for the package `socks` in the bundle: MQTT.js loads it for connections through a SOCKS proxy, which a Lambda has none of. */
// biome-ignore lint/style/useNamingConvention: the name that MQTT.js imports.
export const SocksClient = {
  createConnection(): never {
    throw new Error('This bundle has no SOCKS client.')
  },
}
