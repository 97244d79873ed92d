import { emitKeypressEvents } from 'node:readline'
import type { LocalAws } from '../local-aws-types.js'

/** What each key does; the text is the help line. */
interface Key {
  readonly name: string
  readonly help: string
  /** Answers what has happened, in a sentence. */
  press(aws: LocalAws): string | Promise<string>
}

const tenMinutes = 10 * 60 * 1000

/** Faults by key, each with its opposite where it has one. */
export function faultKeys(): readonly Key[] {
  const on = { api: false, delay: false, skew: false, deny: false }
  return [
    {
      name: 'e',
      help: 'expire credentials',
      press: ({ faults }) => `${faults.expireCredentials()} credentials expired`,
    },
    { name: 'c', help: 'cut sockets', press: ({ faults }) => `${faults.cutSockets()} sockets cut` },
    {
      name: 'r',
      help: 'restart the broker',
      press: ({ faults }) => faults.restartBroker({ keepSessions: true }).then(() => 'broker restarted, sessions kept'),
    },
    {
      name: 'l',
      help: 'restart it and lose sessions',
      press: ({ faults }) =>
        faults.restartBroker({ keepSessions: false }).then(() => 'broker restarted, sessions lost'),
    },
    {
      name: 't',
      help: 'throttle STS',
      press: ({ faults }) => {
        faults.sts.throttle(10)
        return 'the next 10 requests to STS are throttled'
      },
    },
    {
      name: 'a',
      help: 'throttle the API',
      press: ({ faults }) => {
        on.api = !on.api
        faults.api.throttle = on.api
        return on.api ? 'the API answers 429' : 'the API is not throttled any more'
      },
    },
    {
      name: 'd',
      help: 'delay',
      press: ({ faults, iot }) => {
        on.delay = !on.delay
        const milliseconds = on.delay ? 1_000 : 0
        faults.sts.delay(milliseconds)
        faults.api.delayMilliseconds = milliseconds
        iot.delay(milliseconds)
        return on.delay ? 'everything takes a second longer' : 'no delay any more'
      },
    },
    {
      name: 's',
      help: 'skew the clock',
      press: ({ faults }) => {
        on.skew = !on.skew
        faults.skewClock(on.skew ? tenMinutes : 0)
        return on.skew ? 'the clock is 10 minutes ahead' : 'the clock is right again'
      },
    },
    {
      name: 'p',
      help: 'deny IoT to the roles in use',
      press: ({ faults }) => {
        on.deny = !on.deny
        const roles = faults.denyIot(on.deny)
        if (roles.length === 0) return 'no role is in use'
        return on.deny ? `iot:* is denied to ${roles.join(', ')}` : `the Deny is gone from ${roles.join(', ')}`
      },
    },
  ]
}

/** Listens for keys on a terminal. Answers how to stop; without a terminal there is nothing to do. */
export function listenForKeys(aws: LocalAws, print: (line: string) => void, quit: () => void): () => void {
  const { stdin } = process
  if (!stdin.isTTY) return () => {}
  const keys = faultKeys()
  print(`Keys: ${keys.map(({ name, help }) => `${name} ${help}`).join(' · ')} · q quit`)
  emitKeypressEvents(stdin)
  stdin.setRawMode(true)
  const onKeypress = async (_: string | undefined, pressed: { name?: string; ctrl?: boolean }) => {
    // Raw mode hands Ctrl-C over as a key.
    if (pressed.name === 'q' || (pressed.ctrl && pressed.name === 'c')) return quit()
    const key = keys.find(({ name }) => name === pressed.name)
    if (key !== undefined) print(`» ${await key.press(aws)}`)
  }
  stdin.on('keypress', onKeypress)
  stdin.resume()
  return () => {
    stdin.off('keypress', onKeypress)
    stdin.setRawMode(false)
    stdin.pause()
  }
}
