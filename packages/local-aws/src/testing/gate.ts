import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** Source of a function in a function's code: `await pass(port)` holds it until the test lets it go. */
export const passGate = `
  import { once } from 'node:events'
  import { connect } from 'node:net'
  const pass = (port) => once(connect(port, '127.0.0.1').resume(), 'close')
`

/** Holds functions that run in other processes until the test has seen what it wants to see. */
export interface Gate extends AsyncDisposable {
  readonly port: number
  /** Resolves when so many are held. */
  held(count: number): Promise<void>
  /** Lets all go, and all that come. */
  open(): void
}

export async function closedGate(): Promise<Gate> {
  const sockets = new Set<Socket>()
  let isOpen = false
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (isOpen) {
      socket.destroy()
    } else {
      sockets.add(socket)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const open = () => {
    isOpen = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    held: async (count) => {
      while (sockets.size < count) await once(server, 'connection')
    },
    open,
    [Symbol.asyncDispose]: async () => {
      open()
      server.close()
      await once(server, 'close')
    },
  }
}
