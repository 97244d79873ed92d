'use client'
import { createContext, createElement, type ReactNode, useContext, useEffect, useState } from 'react'
import { type SessionSettings, SessionStore } from './store/index.js'

const sessionContext = createContext<SessionStore | undefined>(undefined)

export interface TopicSessionProps extends SessionSettings {
  /** False: no connection, and an open one is closed. Default true. */
  readonly enabled?: boolean
  readonly children?: ReactNode
}

/**
 * One session for the components below: connected while this is mounted and enabled, never while rendering on a server.
 *
 * New `credentials` are used from the next vend on, without a reconnect. For another user, set another `key`.
 *
 * @example <TopicSession credentials={credentials}><Lamp /></TopicSession>
 */
export function TopicSession({
  credentials,
  options,
  connect,
  enabled = true,
  children,
}: TopicSessionProps): ReactNode {
  const settings = { credentials, options, connect }
  const [store] = useState(() => new SessionStore(settings))
  useEffect(() => store.configure(settings))
  useEffect(() => (enabled ? store.open() : undefined), [store, enabled])
  return createElement(sessionContext.Provider, { value: store }, children)
}

/** @internal */
export function useStore(): SessionStore {
  const store = useContext(sessionContext)
  if (store === undefined) throw new Error('Hooks of @topic-credentials/react need a <TopicSession> above them')
  return store
}
