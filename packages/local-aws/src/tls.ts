/** PEM texts for the stand-in's servers: one certificate authority made at start, one certificate for localhost. */
export interface TlsMaterial {
  readonly ca: string
  readonly cert: string
  readonly key: string
}
