// What every contestant of the first message shares: where to connect to, and a watch.
import type { VendedIdentity } from '@topic-credentials/client'
import { now } from '../../measure/now.js'

/** What a program is told in TARGET. */
export interface Target {
  readonly endpoint: string
  readonly port: number
  readonly region: string
  readonly ca: string
  /** A session of the user, vended before the program was started. */
  readonly identity: Omit<VendedIdentity, 'expiration'> & { readonly expiration: string }
  /** Must differ at each run: a client ID may connect once a second. */
  readonly suffix: string
  /** Where and as whom to vend, for the programs that do. */
  readonly vendor: { readonly url: string; readonly accessKeyId: string; readonly secretAccessKey: string }
}

export const topic = 'test'

/** Moments, as `now` tells them. */
export type Moments = Readonly<
  Partial<Record<'begun' | 'imported' | 'vended' | 'connack' | 'suback' | 'message', number>>
>

export const target = JSON.parse(process.env.TARGET ?? '{}') as Target

const moments: Record<string, number> = { begun: now() }

/** The first time counts. */
export function mark(moment: keyof Moments): void {
  moments[moment] ??= now()
}

/** The message is there: hands the moments to the parent and ends. */
export function done(): void {
  mark('message')
  process.send?.(moments, () => process.exit())
}
