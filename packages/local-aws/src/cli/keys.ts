import { emitKeypressEvents } from 'node:readline'
import type { LocalAws } from '../local-aws-types.js'
import { type ServiceName, serviceNames } from '../outages.js'

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
  const on = {
    api: false,
    delay: false,
    skew: false,
    deny: false,
    reads: false,
    late: false,
    sts: false,
    connects: false,
  }
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
    {
      name: 'a',
      help: 'throttle the API',
      press: ({ faults }) => {
        on.api = !on.api
        faults.api.throttle = on.api
        return on.api ? 'the API responds with 429' : 'the API is no longer throttled'
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
        return on.delay ? 'all requests take a second longer' : 'no more delay'
      },
    },
    {
      name: 's',
      help: 'skew the clock',
      press: ({ faults }) => {
        on.skew = !on.skew
        faults.skewClock(on.skew ? tenMinutes : 0)
        return on.skew ? 'the clock is 10 minutes ahead' : 'the clock is correct again'
      },
    },
    {
      name: 'p',
      help: 'deny IoT to the roles in use',
      press: ({ faults }) => {
        on.deny = !on.deny
        const roles = faults.denyIot(on.deny)
        if (roles.length === 0) return 'no role is in use'
        return on.deny ? `iot:* is denied to ${roles.join(', ')}` : `the Deny is removed from ${roles.join(', ')}`
      },
    },
    {
      name: 'i',
      help: "let IAM's reads lag",
      press: ({ faults }) => {
        on.reads = !on.reads
        faults.iam.lagReads(on.reads ? halfAMinute : 0)
        return on.reads ? "IAM's reads are 30 seconds stale" : "IAM's reads are no longer stale"
      },
    },
    {
      name: 'f',
      help: 'delay policy changes',
      press: ({ faults }) => {
        on.late = !on.late
        faults.iam.lagPolicies(on.late ? halfAMinute : 0)
        return on.late
          ? 'policy changes take effect after 30 seconds, also in AWS IoT'
          : 'policy changes take effect immediately'
      },
    },
    {
      name: 'u',
      help: "use up STS's quota",
      press: ({ faults }) => {
        on.sts = !on.sts
        faults.sts.limit(on.sts ? fewLeft : undefined)
        return on.sts ? 'other clients leave 5 of the 600 STS requests per second' : 'STS has no quota any more'
      },
    },
    {
      name: 'o',
      help: 'use up the CONNECT quota',
      press: ({ faults }) => {
        on.connects = !on.connects
        faults.limitConnects(on.connects ? fewLeft : undefined)
        return on.connects
          ? 'other clients leave 5 of the 500 CONNECTs per second'
          : 'the account can send 500 CONNECTs per second again'
      },
    },
    ...serviceNames.map((service, index) => downKey(String(index + 1), service)),
  ]
}

/** Toggles whether a service is down. */
function downKey(name: string, service: ServiceName): Fault {
  let down = false
  return {
    name,
    help: `${service} down`,
    press: ({ faults }) => {
      down = !down
      faults.outage(service, down ? 'unavailable' : undefined)
      return down ? `${service} is down and responds with 503` : `${service} is up again`
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
