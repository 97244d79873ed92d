import { createRequire } from 'node:module'

type Sdk = Pick<typeof import('aws-iot-device-sdk-v2'), 'auth' | 'http' | 'io' | 'mqtt' | 'mqtt5'>

/** For modules that the SDK itself depends on. */
export const requireOfSdk = createRequire(createRequire(import.meta.url).resolve('aws-iot-device-sdk-v2'))

/**
 * The device SDK, from its package aws-crt. Its index also loads its clients of Greengrass, jobs and shadows, which takes a third of the time,
 * and an `import` of it takes longer than `require`, because Node first searches the source for names.
 */
export const sdk = requireOfSdk('aws-crt') as Sdk
