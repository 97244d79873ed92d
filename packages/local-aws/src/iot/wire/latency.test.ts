import { expect, it } from '@jest/globals'
import { Latency } from './latency.js'

it('lets nothing overtake an earlier message whose timer is late', async () => {
  const latency = new Latency()
  const source = {}
  const order: number[] = []
  latency.set(1)
  latency.pass(source, () => order.push(1))
  // The event loop is busy until the first is overdue.
  for (const due = performance.now() + 3; performance.now() < due; );
  latency.set(0)
  await new Promise<void>((resolve) =>
    latency.pass(source, () => {
      order.push(2)
      resolve()
    }),
  )
  expect(order).toEqual([1, 2])
})
