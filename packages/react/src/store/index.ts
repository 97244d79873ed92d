export { type FeedSnapshot, MessageFeed } from './message-feed.js'
export { idle, type SessionSettings, type SessionSnapshot, SessionStore } from './session-store.js'
