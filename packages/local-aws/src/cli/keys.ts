import { emitKeypressEvents } from 'node:readline'
import type { LocalAws } from '../local-aws-types.js'
import { serviceNames } from '../outages.js'

/** A fault that a key or a button causes; the text is the help line. */
export interface Fault {
  readonly name: string
  readonly help: string
  /** Returns a sentence about what happened. */
  press(aws: LocalAws): string | Promise<string>
}

const tenMinutes = 10 * 60 * 1000
const halfAMinute = 30_000
/** Requests and connections per second that other clients of the account leave. */
const fewLeft = 5

/** Faults by key, each with its inverse if it has one. */
export function faultKeys(): readonly Fault[] {
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
        return 'STS throttles the next 10 requests'
      },
    },
    toggle('a', 'throttle the API', ({ faults }, on) => {
      faults.api.throttle = on
      return on ? 'the API responds with 429' : 'the API is no longer throttled'
    }),
    toggle('d', 'delay', ({ faults, iot }, on) => {
      const milliseconds = on ? 1_000 : 0
      faults.sts.delay(milliseconds)
      faults.api.delayMilliseconds = milliseconds
      iot.delay(milliseconds)
      return on ? 'all requests take a second longer' : 'no more delay'
    }),
    toggle('s', 'skew the clock', ({ faults }, on) => {
      faults.skewClock(on ? tenMinutes : 0)
      return on ? 'the clock is 10 minutes ahead' : 'the clock is correct again'
    }),
    toggle('p', 'deny IoT to the roles in use', ({ faults }, on) => {
      const roles = faults.denyIot(on)
      if (roles.length === 0) return 'no role is in use'
      return on ? `iot:* is denied to ${roles.join(', ')}` : `the Deny is removed from ${roles.join(', ')}`
    }),
    toggle('i', "let IAM's reads lag", ({ faults }, on) => {
      faults.iam.lagReads(on ? halfAMinute : 0)
      return on ? "IAM's reads are 30 seconds stale" : "IAM's reads are no longer stale"
    }),
    toggle('f', 'delay policy changes', ({ faults }, on) => {
      faults.iam.lagPolicies(on ? halfAMinute : 0)
      return on
        ? 'policy changes take effect after 30 seconds, also in AWS IoT'
        : 'policy changes take effect immediately'
    }),
    toggle('u', "use up STS's quota", ({ faults }, on) => {
      faults.sts.limit(on ? fewLeft : undefined)
      return on ? 'other clients leave 5 of the 600 STS requests per second' : 'STS has no quota any more'
    }),
    toggle('o', 'use up the CONNECT quota', ({ faults }, on) => {
      faults.limitConnects(on ? fewLeft : undefined)
      return on
        ? 'other clients leave 5 of the 500 CONNECTs per second'
        : 'the account can send 500 CONNECTs per second again'
    }),
    ...serviceNames.map((service, index) =>
      toggle(String(index + 1), `${service} down`, ({ faults }, down) => {
        faults.outage(service, down ? 'unavailable' : undefined)
        return down ? `${service} is down and responds with 503` : `${service} is up again`
      }),
    ),
  ]
}

/** A fault that one press switches on and the next one off. */
function toggle(name: string, help: string, press: (aws: LocalAws, on: boolean) => string): Fault {
  let on = false
  return {
    name,
    help,
    press: (aws) => {
      on = !on
      return press(aws, on)
    },
  }
}

/** Listens for keys on a terminal. Returns a function that stops it; without a terminal it does nothing. */
export function listenForKeys(
  aws: LocalAws,
  keys: readonly Fault[],
  print: (line: string) => void,
  quit: () => void,
): () => void {
  const { stdin } = process
  if (!stdin.isTTY) return () => {}
  print(`Keys: ${keys.map(({ name, help }) => `${name} ${help}`).join(' · ')} · q quit`)
  emitKeypressEvents(stdin)
  stdin.setRawMode(true)
  const onKeypress = async (_: string | undefined, pressed: { name?: string; ctrl?: boolean }) => {
    // In raw mode, Ctrl-C arrives as a key.
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
