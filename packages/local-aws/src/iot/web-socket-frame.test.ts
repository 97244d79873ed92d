import { once } from 'node:events'
import { expect, it } from '@jest/globals'
import * as ws from 'ws'
import { binaryFrame } from './web-socket-frame.js'

/** How ws reads a socket; it has no types. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => NodeJS.WritableStream }

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 150_000])(
  'a frame of %i bytes is read by ws as it was written',
  async (length) => {
    const parts = [Buffer.alloc(Math.floor(length / 3), 1), Buffer.alloc(length - Math.floor(length / 3), 2)]
    const receiver = new Receiver({ binaryType: 'nodebuffer' })
    const read = once(receiver, 'message')
    receiver.write(binaryFrame(parts))
    const [data, isBinary] = await read
    expect(Buffer.concat(parts).equals(data)).toBe(true)
    expect(isBinary).toBe(true)
  },
)
