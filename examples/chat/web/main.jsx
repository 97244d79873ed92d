import { fromVendor } from '@topic-credentials/client'
import { TopicSession, useMessages, useSession } from '@topic-credentials/react'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Chat />
  </StrictMode>,
)

function Chat() {
  const [signedIn, setSignedIn] = useState()
  const [problem, setProblem] = useState('Not signed in')
  const signIn = async (event) => {
    event.preventDefault()
    const name = new FormData(event.target).get('name')
    const login = await fetch('/login', { method: 'POST', body: JSON.stringify({ name }) })
    const { token, endpoint, detail } = await login.json()
    if (!login.ok) return setProblem(detail)
    const credentials = fromVendor({ url: `${location.origin}/credentials`, token })
    setSignedIn({ token, credentials, options: endpoint === undefined ? {} : { endpoint } })
  }
  return (
    <>
      <form id="login" onSubmit={signIn}>
        <input id="name" name="name" placeholder="your name" />
        <button type="submit">Sign in</button>
      </form>
      {signedIn === undefined ? (
        <p id="state">{problem}</p>
      ) : (
        <TopicSession key={signedIn.token} credentials={signedIn.credentials} options={signedIn.options}>
          <Lobby />
        </TopicSession>
      )}
    </>
  )
}

function Lobby() {
  const { state, session, error } = useSession()
  const { messages } = useMessages('rooms/lobby/+', { limit: 50 })
  const [refusal, setRefusal] = useState()
  const say = async (event) => {
    event.preventDefault()
    const form = event.target
    const text = new FormData(form).get('text')
    // "/as NAME TEXT" publishes under another name: the client refuses it before it is sent, and AWS would refuse it too.
    const [, name = session.userId, words = text] = /^\/as (\S+) (.*)$/u.exec(text) ?? []
    try {
      await session.publish(`rooms/lobby/${name}`, words)
      form.reset()
    } catch (refused) {
      setRefusal(refused.message)
    }
  }
  const status = state === 'connected' ? `Signed in as ${session.userId}` : state
  return (
    <>
      <p id="state">{refusal ?? error?.message ?? status}</p>
      <form id="say" onSubmit={say}>
        <input id="text" name="text" placeholder="say something" />
        <button type="submit" disabled={session === undefined}>
          Send
        </button>
      </form>
      <pre id="messages">{messages.map(inOneLine).join('\n')}</pre>
    </>
  )
}

function inOneLine(message) {
  return `${message.topic.split('/')[2]}: ${new TextDecoder().decode(message.payload)}`
}
