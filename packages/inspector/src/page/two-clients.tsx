import { connect, fromVendor, type Session } from '@topic-credentials/client'
import type { SignedIn } from '@topic-credentials/local-aws'
import { useEffect, useRef, useState } from 'preact/hooks'
import { post } from './api.js'
import { Failure, Heading, TextField } from './parts.js'

type Proof = SignedIn & { readonly credentialsUrl: string; readonly endpoint: string; readonly region: string }

/** Two users, each with its own client. */
export function TwoClients() {
  return (
    <>
      <Heading title="Two clients">
        The published browser client, signed in as two users. Each receives what the other one publishes, if both are
        granted the topic.
      </Heading>
      <div class="two">
        <Client name="alice" />
        <Client name="bob" />
      </div>
    </>
  )
}

function Client({ name }: { readonly name: string }) {
  const [user, setUser] = useState(name)
  const [claims, setClaims] = useState('{}')
  const [topic, setTopic] = useState('test')
  const [text, setText] = useState('hello')
  const [lines, setLines] = useState<readonly string[]>([])
  const [error, setError] = useState<unknown>()
  const [session, setSession] = useState<Session>()
  const open = useRef<Session | undefined>(undefined)
  useEffect(() => () => void open.current?.close(), [])
  const say = (line: string) => setLines((before) => [...before, line].slice(-50))
  const attempt = (what: () => Promise<unknown>) => () => {
    setError(undefined)
    what().catch(setError)
  }
  const signIn = attempt(async () => {
    const next = await connectAs(user, JSON.parse(claims) as object)
    await open.current?.close()
    open.current = next
    setSession(next)
    say(`Connected as ${next.clientId}`)
  })
  const listen = attempt(async () => {
    const messages = session?.subscribe(topic)
    if (messages === undefined) return
    await messages.ready
    say(`Listening to ${topic}`)
    for await (const message of messages) say(`${message.topic}: ${message.text()}`)
  })
  const publish = attempt(async () => {
    await session?.publish(topic, text)
    say(`Published to ${topic}`)
  })
  return (
    <section class="client" aria-label={`Client of ${name}`}>
      <TextField label="User" value={user} set={setUser} />
      <TextField label="Claims (JSON)" class="mono" value={claims} set={setClaims} />
      <button type="button" class="primary sign-in" onClick={signIn}>
        {session === undefined ? 'Sign in and connect' : 'Sign in again'}
      </button>
      <TextField label="Topic or filter" class="mono topic" value={topic} set={setTopic} />
      <TextField label="Text" value={text} set={setText} />
      <div class="buttons">
        <button type="button" class="listen" disabled={session === undefined} onClick={listen}>
          Listen
        </button>
        <button type="button" class="publish" disabled={session === undefined} onClick={publish}>
          Publish
        </button>
      </div>
      <Failure error={error} />
      <ol class="said" aria-live="polite" aria-label={`What ${name} sees`}>
        {lines.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ol>
    </section>
  )
}

async function connectAs(user: string, claims: object): Promise<Session> {
  const proof = () => post<Proof>('sign-in', { user, claims })
  const first = await proof()
  const { credentialsUrl, region, endpoint } = first
  const credentials = fromVendor({
    url: credentialsUrl,
    region,
    ...(first.kind === 'token'
      ? { token: async () => tokenOf(await proof()) }
      : { credentials: async () => keysOf(await proof()) }),
  })
  return connect({ credentials, endpoint })
}

function tokenOf(signedIn: SignedIn): string {
  return signedIn.kind === 'token' ? signedIn.token : ''
}

function keysOf(signedIn: SignedIn) {
  if (signedIn.kind !== 'credentials') throw new Error('The stack now accepts tokens only. Sign in again.')
  return { ...signedIn, expiration: new Date(signedIn.expiration) }
}
