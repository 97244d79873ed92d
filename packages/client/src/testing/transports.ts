import type { ConnectOptions } from '../connect.js'

/** The transports in Node; the fourth one is the browser's. */
export const nodeTransports: readonly {
  readonly name: string
  readonly options: Pick<ConnectOptions, 'mqtt' | 'transport'>
}[] = [
  { name: 'the device SDK, MQTT 5', options: { mqtt: 5 } },
  { name: 'the device SDK, MQTT 3.1.1', options: { mqtt: 3 } },
  { name: 'websocket', options: { transport: 'websocket' } },
]
