import { type ByteReader, malformed } from './byte-reader.js'
import { PacketError } from './errors.js'
import {
  noProperties,
  type Properties,
  type PropertyDefinition,
  type PropertyPlace,
  propertyById,
  type UserProperty,
} from './properties.js'

/**
 * Parses the properties of one place (§2.2.2): only allowed ones, each once except user properties, with values of their type. The rules decide
 * which numbers may be 0, because some have a specific response.
 * @throws PacketError
 */
export function readProperties(reader: ByteReader, place: PropertyPlace): Properties {
  const length = reader.varint()
  if (length === 0) return noProperties
  const part = reader.part(length)
  const properties: Record<string, unknown> = {}
  const userProperties: UserProperty[] = []
  while (part.left > 0) {
    const id = part.varint()
    const definition = propertyById(id, place)
    if (definition === undefined) {
      throw malformed(`${place.toUpperCase()} has no property 0x${id.toString(16).padStart(2, '0')} (§2.2.2.2)`, id)
    }
    const { name, form } = definition
    if (form === 'pair') {
      userProperties.push([part.text(), part.text()])
      continue
    }
    if (name in properties) throw protocolError(`property ${name} is repeated`, name)
    properties[name] = readValue(part, definition)
  }
  if (userProperties.length > 0) properties.userProperties = userProperties
  return properties
}

function readValue(reader: ByteReader, { name, form }: PropertyDefinition): unknown {
  const value = form === 'pair' ? undefined : form === 'bit' ? reader.byte() : reader[form]()
  if (form === 'bit' && value !== 0 && value !== 1) {
    throw protocolError(`property ${name} must be 0 or 1, not ${value}`, name)
  }
  return value
}

function protocolError(message: string, value: string): PacketError {
  return new PacketError('protocol_error', message, value)
}
