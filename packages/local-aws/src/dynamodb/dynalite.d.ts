/** The used part of dynalite, which has no types of its own: https://github.com/architect/dynalite */
declare module 'dynalite' {
  import type { Server } from 'node:http'

  export default function dynalite(options: { readonly createTableMs: number; readonly deleteTableMs: number }): Server
}
