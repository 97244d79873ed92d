import { parseJson } from '@topic-credentials/grants/core'
import { chosenProperties, type UserProperty } from '../connection/message-properties.js'
import type { ReceivedPacket } from '../connection/transport.js'
import { TopicCredentialsError } from '../errors.js'

/**
 * The part of the Standard Schema interface that is used; zod, valibot, arktype and others implement it.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output> {
  readonly '~standard': {
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** One received message. With MQTT 3.1.1 it has no properties. */
export class Message {
  declare readonly topic: string
  declare readonly payload: Uint8Array
  declare readonly qos: 0 | 1
  /** True if the broker had retained it before the subscription. */
  declare readonly retained: boolean
  /** True if the broker may have sent it before. Only reported by the MQTT 3.1.1 client. */
  declare readonly duplicate: boolean
  /** The topic for a response. The publisher chose it: validate it before you publish there. */
  declare readonly responseTopic?: string
  /** To be returned with the response. */
  declare readonly correlationData?: Uint8Array
  /** The remaining expiry time at delivery, in seconds. */
  declare readonly messageExpiryInterval?: number
  declare readonly contentType?: string
  /** Names and values, in the publisher's order. */
  declare readonly userProperties: readonly UserProperty[]

  constructor({ id, retain: retained, properties = {}, ...packet }: ReceivedPacket) {
    Object.assign(this, packet, { retained, userProperties: [] }, chosenProperties(properties))
  }

  /** @throws TopicCredentialsError `unreadable_payload` when the bytes are not UTF-8 */
  text(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.payload)
    } catch (cause) {
      throw this.#unreadable('not valid UTF-8', cause)
    }
  }

  /** @throws TopicCredentialsError `unreadable_payload` if the payload is not JSON */
  async json(): Promise<unknown>
  /**
   * @param schema checks and types the value
   * @throws TopicCredentialsError `unreadable_payload` if it is not JSON, or if the schema refuses it
   * @example const { celsius } = await message.json(z.object({ celsius: z.number() }))
   */
  async json<Output>(schema: StandardSchema<Output>): Promise<Output>
  async json(schema?: StandardSchema<unknown>): Promise<unknown> {
    const value = this.#parsed()
    if (schema === undefined) return value
    const result = await schema['~standard'].validate(value)
    if (result.issues === undefined) return result.value
    throw this.#unreadable(
      `not valid for the schema: ${result.issues.map(({ message }) => message).join('; ')}`,
      undefined,
    )
  }

  #parsed(): unknown {
    return parseJson(this.text(), (_, cause) => this.#unreadable('not JSON', cause))
  }

  #unreadable(why: string, cause: unknown): TopicCredentialsError {
    return new TopicCredentialsError(`The message on '${this.topic}' is ${why}`, {
      code: 'unreadable_payload',
      value: this.topic,
      remedy: 'Read `payload` as bytes, or correct the publisher.',
      cause,
    })
  }
}
