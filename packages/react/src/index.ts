'use client'
export { useCan, useMessages, useSession } from './hooks.js'
export { TopicSession, type TopicSessionProps } from './topic-session.js'
