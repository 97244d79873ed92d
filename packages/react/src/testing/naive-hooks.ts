import { createContext, createElement, useContext, useEffect, useMemo, useState } from 'react'
import type { Hooks } from './scenarios.js'

/** Naive implementations of the hooks. Each scenario must detect their faults. */

interface Sessions {
  on(name: string, listener: () => void): void
  close(): Promise<void>
  publish(topic: string, payload: string): Promise<void>
  subscribe(filter: string, options: object): { close(): Promise<void> }
  readonly state: string
}

const naiveContext = createContext<Sessions | undefined>(undefined)

/** Connects while it renders, and closes nothing. */
export const whileRendering: Partial<Hooks> = {
  TopicSession: ({ credentials, connect, children }) => {
    useMemo(() => void connect?.({ credentials }).catch(() => {}), [credentials, connect])
    return createElement('div', null, children)
  },
  useSession: () => ({ state: 'idle', reopen: () => {} }) as never,
  useMessages: () => ({ messages: [], error: undefined }),
  useCan: () => false,
}

/** Connects in an effect, for each mount and each provider. */
export const inEffect: Partial<Hooks> = {
  TopicSession: ({ credentials, connect, children }) => {
    const [session, setSession] = useState<Sessions>()
    useEffect(() => {
      let opened: Sessions | undefined
      connect?.({ credentials }).then(
        (made) => {
          opened = made as never
          setSession(opened)
        },
        () => {},
      )
      return () => void opened?.close()
    }, [credentials, connect])
    return createElement(naiveContext.Provider, { value: session }, children)
  },
  useSession: () => ({ state: useContext(naiveContext)?.state ?? 'idle', reopen: () => {} }) as never,
  /** The last message is state; the callback is a dependency. */
  useMessages: (filter, taker) => {
    const session = useContext(naiveContext)
    const [last, setLast] = useState<unknown>()
    const [messages, setMessages] = useState<unknown[]>([])
    const callback = typeof taker === 'function' ? taker : undefined
    useEffect(() => {
      const onMessage = (callback ?? setLast) as never
      const subscription = session?.subscribe(filter, { onMessage })
      return () => void subscription?.close()
    }, [session, filter, callback])
    useEffect(() => {
      if (last !== undefined) setMessages((before) => [...before, last])
    }, [last])
    return { messages, error: undefined } as never
  },
  /** Finds out by publishing. */
  useCan: (_operation, topic) => {
    const session = useContext(naiveContext)
    const [can, setCan] = useState(false)
    useEffect(() => {
      session?.publish(topic, '').then(
        () => setCan(true),
        () => setCan(false),
      )
    }, [session, topic])
    return can
  },
}
