import { type Command, InvalidArgumentError } from 'commander'
import type { MessageProperties, UserProperty } from '../connection/message-properties.js'
import { positiveInteger } from './options.js'

/** Command-line options for MQTT 5's message properties. */
export interface MessageOptions {
  readonly responseTopic?: string
  readonly correlationData?: string
  readonly messageExpiry?: number
  readonly contentType?: string
  readonly userProperty?: readonly UserProperty[]
}

/** Declares `MessageOptions`. */
export function withMessageOptions(command: Command): void {
  command
    .option('--response-topic <topic>', 'topic for the response (MQTT 5 only, like the options below)')
    .option('--correlation-data <text>', 'returned with the response')
    .option('--message-expiry <seconds>', 'do not deliver it after this time', positiveInteger)
    .option('--content-type <type>', 'type of the payload, such as application/json')
    .option('--user-property <name=value>', 'user property; repeatable, the order is kept', pair)
}

/** Options of `publish`. */
export function messageProperties(options: MessageOptions): MessageProperties {
  const { responseTopic, correlationData, messageExpiry, contentType, userProperty } = options
  return {
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData: new TextEncoder().encode(correlationData) }),
    ...(messageExpiry !== undefined && { messageExpiryInterval: messageExpiry }),
    ...(contentType !== undefined && { contentType }),
    ...(userProperty !== undefined && { userProperties: userProperty }),
  }
}

function pair(text: string, before: readonly UserProperty[] = []): readonly UserProperty[] {
  const [name = '', ...value] = text.split('=')
  if (value.length > 0) return [...before, [name, value.join('=')]]
  throw new InvalidArgumentError('Write name=value.')
}
