import { withRemedy } from '@topic-credentials/project'
import picocolors from 'picocolors'
import type { QoS } from '../../connection/transport.js'
import type { VendedIdentity } from '../../credentials/vendor-options.js'
import type { TopicCredentialsError } from '../../errors.js'
import { describeGrants } from '../../messages/grant-check.js'
import type { Message } from '../../messages/message.js'
import type { Colours } from './screen.js'
import { visible } from './visible.js'

/** Reports events: results on stdout, everything else on stderr. */
export interface Reporter {
  target(description: string): void
  vended(identity: VendedIdentity): void
  connected(clientId: string): void
  subscribing(topic: string): void
  subscribed(topic: string, qos: QoS): void
  message(message: Message): void
  interrupted(error: TopicCredentialsError): void
  reconnected(): void
}

type Write = (line: string) => void

/** Human-readable lines. */
export class TextReporter implements Reporter {
  readonly #out: Write
  readonly #err: Write
  readonly #colours: Colours

  /** @param colours for text on stdout; default: none */
  constructor(out: Write, err: Write, colours: Colours = picocolors.createColors(false)) {
    this.#out = out
    this.#err = err
    this.#colours = colours
  }

  target(description: string): void {
    this.#err(`Using ${description}`)
  }

  vended(identity: VendedIdentity): void {
    this.#err(visible(describeVended(identity)))
  }

  connected(): void {
    this.#out(this.#colours.green('Connected!'))
  }

  subscribing(topic: string): void {
    this.#out(`Subscribing to topic '${topic}'...`)
  }

  subscribed(_topic: string, qos: QoS): void {
    this.#out(`Subscribed with QoS ${qos}`)
  }

  message({ topic, payload }: Message): void {
    const { text, encoding } = decoded(payload)
    const shown = encoding === 'utf8' ? visible(text) : `${payload.byteLength} bytes, base64 ${text}`
    this.#out(`Received message from topic '${this.#colours.cyan(visible(topic))}': ${shown}`)
  }

  interrupted(error: TopicCredentialsError): void {
    this.#err(visible(`Interrupted (${error.code}): ${withRemedy(error)}`))
  }

  reconnected(): void {
    this.#err('Reconnected')
  }
}

/** One JSON object per line on stdout, for programs. */
export class JsonReporter implements Reporter {
  readonly #out: Write

  constructor(out: Write) {
    this.#out = out
  }

  target(description: string): void {
    this.#event('target', { description })
  }

  vended({ vended, expiration, accessKeyId }: VendedIdentity): void {
    const { userId, grants, endpoint, region } = vended
    this.#event('vended', { userId, accessKeyId, expiration: expiration.toISOString(), endpoint, region, grants })
  }

  connected(clientId: string): void {
    this.#event('connected', { clientId })
  }

  subscribing(topic: string): void {
    this.#event('subscribing', { topic })
  }

  subscribed(topic: string, qos: QoS): void {
    this.#event('subscribed', { topic, qos })
  }

  message(message: Message): void {
    const { topic, payload, qos, retained, responseTopic, messageExpiryInterval, contentType } = message
    const { correlationData, userProperties } = message
    const { text, encoding } = decoded(payload)
    this.#event('message', {
      topic,
      payload: text,
      encoding,
      qos,
      retained,
      responseTopic,
      // Base64 as in AWS's own APIs, because it may contain any bytes.
      correlationData: correlationData && Buffer.from(correlationData).toString('base64'),
      messageExpiryInterval,
      contentType,
      userProperties: userProperties.length === 0 ? undefined : userProperties,
    })
  }

  interrupted({ code, message, remedy }: TopicCredentialsError): void {
    this.#event('interrupted', { code, message, remedy })
  }

  reconnected(): void {
    this.#event('reconnected', {})
  }

  #event(event: string, fields: Record<string, unknown>): void {
    this.#out(JSON.stringify({ event, ...fields }))
  }
}

/** User, grants and expiration in one line, without secrets. */
export function describeVended({ vended, expiration }: VendedIdentity): string {
  const minutes = Math.round((expiration.getTime() - Date.now()) / 60_000)
  return `Credentials for ${vended.userId} until ${expiration.toLocaleTimeString()} (${minutes} min): ${describeGrants(vended.grants)}`
}

/** Text if the bytes are valid UTF-8, otherwise base64. */
function decoded(payload: Uint8Array): { text: string; encoding: 'base64' | 'utf8' } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload), encoding: 'utf8' }
  } catch {
    return { text: Buffer.from(payload).toString('base64'), encoding: 'base64' }
  }
}
