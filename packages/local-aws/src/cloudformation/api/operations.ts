import type { XmlTree } from '../../protocols/xml.js'
import type { ApiInput } from './input.js'

/** Operations by their names in the API. @throws ServiceError */
export type Operations = Readonly<Record<string, (input: ApiInput) => Promise<XmlTree> | XmlTree>>
