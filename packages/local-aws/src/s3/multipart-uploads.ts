import { randomUUID } from 'node:crypto'
import { ServiceError } from '../protocols/service-error.js'

/** Uploads in progress, in memory: the object is created when all its parts have arrived. */
export class MultipartUploads {
  readonly #uploads = new Map<string, { readonly object: string; readonly parts: Map<number, Buffer> }>()

  begin(bucket: string, key: string): string {
    const id = randomUUID()
    this.#uploads.set(id, { object: `${bucket}/${key}`, parts: new Map() })
    return id
  }

  /** @throws ServiceError `NoSuchUpload` */
  parts(id: string | null, bucket: string, key: string): Map<number, Buffer> {
    const found = this.#uploads.get(id ?? '')
    if (found?.object === `${bucket}/${key}`) return found.parts
    throw new ServiceError('NoSuchUpload', 404, 'The specified upload does not exist.')
  }

  end(id: string | null): void {
    this.#uploads.delete(id ?? '')
  }
}
