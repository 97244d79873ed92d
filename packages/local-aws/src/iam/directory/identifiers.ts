import { randomBytes, randomInt } from 'node:crypto'

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function letters(count: number) {
  return Array.from({ length: count }, () => base32[randomInt(base32.length)]).join('')
}

/** `AROA` + 17 characters for a role, `AIDA` + 17 for a user. */
export function uniqueId(prefix: 'AROA' | 'AIDA'): string {
  return prefix + letters(17)
}

/** 20 characters: `AKIA…` for a user's long-term key, `ASIA…` for temporary credentials. */
export function accessKeyId(prefix: 'AKIA' | 'ASIA'): string {
  return prefix + letters(16)
}

/** 40 characters of base64. */
export function secretAccessKey(): string {
  return randomBytes(30).toString('base64')
}

/** Opaque, and about as long as AWS's: "make no assumptions about the maximum size". Contains `+`, `/` and `=` like AWS's. */
export function sessionToken(): string {
  return `IQoJb3JpZ2luX2Vj${randomBytes(400).toString('base64')}`
}
