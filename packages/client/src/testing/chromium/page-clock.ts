/**
 * A script that a page runs first: `advance(ms)` advances the page's clocks, and runs the timers that are then due, in order.
 * Between two calls, clocks and timers run normally.
 */
export const pageClock = `(() => {
  const { setTimeout, clearTimeout } = globalThis
  const dateNow = Date.now.bind(Date)
  const performanceNow = performance.now.bind(performance)
  const timers = new Map()
  let ahead = 0
  let count = 0
  Date.now = () => dateNow() + ahead
  performance.now = () => performanceNow() + ahead
  globalThis.clearTimeout = (id) => {
    clearTimeout(timers.get(id)?.real)
    timers.delete(id)
  }
  globalThis.setTimeout = (call, ms = 0, ...more) => {
    const id = ++count
    const run = () => {
      globalThis.clearTimeout(id)
      call(...more)
    }
    timers.set(id, { run, due: performance.now() + ms, real: setTimeout(run, ms) })
    return id
  }
  globalThis.advance = (ms) => {
    ahead += ms
    const due = [...timers.values()].filter((timer) => timer.due <= performance.now())
    for (const { run } of due.sort((a, b) => a.due - b.due)) run()
  }
  globalThis.timerCount = () => timers.size
})()`
