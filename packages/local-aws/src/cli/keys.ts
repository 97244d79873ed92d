import { emitKeypressEvents } from 'node:readline'
import type { LocalAws } from '../local-aws-types.js'
import { type ServiceName, serviceNames } from '../outages.js'

/** What each key does; the text is the help line. */
interface Key {
  readonly name: string
  readonly help: string
  /** Answers what has happened, in a sentence. */
  press(aws: LocalAws): string | Promise<string>
}

const tenMinutes = 10 * 60 * 1000
const halfAMinute = 30_000
/** Requests and connections in a second that others in the account leave. */
const fewLeft = 5

/** Faults by key, each with its opposite where it has one. */
export function faultKeys(): readonly Key[] {
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
    {
      name: 'i',
      help: "let IAM's reads lag",
      press: ({ faults }) => {
        on.reads = !on.reads
        faults.iam.lagReads(on.reads ? halfAMinute : 0)
        return on.reads ? "IAM's reads are 30 seconds late" : "IAM's reads are not late any more"
      },
    },
    {
      name: 'f',
      help: 'let policy changes be felt late',
      press: ({ faults }) => {
        on.late = !on.late
        faults.iam.lagPolicies(on.late ? halfAMinute : 0)
        return on.late ? 'policy changes are felt after 30 seconds, by AWS IoT too' : 'policy changes are felt at once'
      },
    },
    {
      name: 'u',
      help: "use up STS's quota",
      press: ({ faults }) => {
        on.sts = !on.sts
        faults.sts.limit(on.sts ? fewLeft : undefined)
        return on.sts ? 'others leave 5 of the 600 requests to STS in a second' : 'STS has no quota any more'
      },
    },
    {
      name: 'o',
      help: 'use up the CONNECT quota',
      press: ({ faults }) => {
        on.connects = !on.connects
        faults.limitConnects(on.connects ? fewLeft : undefined)
        return on.connects
          ? 'others leave 5 of the 500 CONNECTs in a second'
          : 'the account may send 500 CONNECTs a second again'
      },
    },
    ...serviceNames.map((service, index) => downKey(String(index + 1), service)),
  ]
}

/** A service is down, then up again. */
function downKey(name: string, service: ServiceName): Key {
  let down = false
  return {
    name,
    help: `${service} down`,
    press: ({ faults }) => {
      down = !down
      faults.outage(service, down ? 'unavailable' : undefined)
      return down ? `${service} is down: it answers 503` : `${service} is up again`
    },
  }
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
