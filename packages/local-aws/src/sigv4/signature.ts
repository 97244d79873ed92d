import { createHash, createHmac } from 'node:crypto'

/** `20260101/eu-west-1/sts/aws4_request`: the scope in which a signature is valid. */
export interface CredentialScope {
  /** `YYYYMMDD` */
  readonly date: string
  readonly region: string
  readonly service: string
}

export const algorithm = 'AWS4-HMAC-SHA256'
export const terminator = 'aws4_request'

/** @param timestamp `YYYYMMDDTHHMMSSZ` */
export function stringToSign(timestamp: string, scope: CredentialScope, canonical: string): string {
  const hash = createHash('sha256').update(canonical).digest('hex')
  return [algorithm, timestamp, `${scope.date}/${scope.region}/${scope.service}/${terminator}`, hash].join('\n')
}

/** The signature that the holder of this secret would create. */
export function calculateSignature(secretAccessKey: string, scope: CredentialScope, text: string): Buffer {
  const steps = [scope.date, scope.region, scope.service, terminator, text]
  return steps.reduce<Buffer>(
    (key, step) => createHmac('sha256', key).update(step).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  )
}
