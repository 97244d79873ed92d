import { useCan, useMessages, useSession } from '@topic-credentials/react'
import { useState } from 'react'

/** What the user may do, and three forms to do it with. */
export function Board() {
  const { state, session, grants, error, expiration, reopen } = useSession()
  return (
    <>
      <p id="state" role="status">
        {state === 'connected'
          ? `Connected until ${expiration.toLocaleTimeString()}; renewed automatically`
          : `${state} ${inWords(error)}`}
      </p>
      {state === 'closed' && (
        <button type="button" onClick={reopen}>
          Connect again
        </button>
      )}
      {session !== undefined && (
        <section>
          <h2>
            What <span id="user">{session.userId}</span> may do
          </h2>
          <ul id="grants">
            {Object.entries(grants).flatMap(([kind, filters]) =>
              filters.map((filter) => <li key={`${kind} ${filter}`}>{`${kind} ${filter}`}</li>),
            )}
          </ul>
          <Publish session={session} />
          <Subscribe />
          <Ask session={session} />
        </section>
      )}
    </>
  )
}

function Publish({ session }) {
  const [topic, setTopic] = useState('')
  const [text, setText] = useState('')
  const [answer, run] = useAnswer()
  const publish = async () => {
    await session.publish(topic, text, { contentType: 'text/plain', userProperties: [['from', 'page']] })
    return `Published to ${topic}`
  }
  return (
    <form id="publish" onSubmit={run(publish)}>
      <Field id="topic" label="Topic" value={topic} set={setTopic} />
      <MayI id="may-topic" operation="publish" topic={topic} />
      <Field id="text" label="Message" value={text} set={setText} />
      <button type="submit">Publish</button>
      <p id="published" role="alert">
        {answer}
      </p>
    </form>
  )
}

function Subscribe() {
  const [filter, setFilter] = useState('')
  const [filters, setFilters] = useState([])
  const subscribe = (event) => {
    event.preventDefault()
    setFilters([...new Set([...filters, filter])])
  }
  return (
    <>
      <form id="subscribe" onSubmit={subscribe}>
        <Field id="filter" label="Topic filter" value={filter} set={setFilter} />
        <MayI id="may-filter" operation="subscribe" topic={filter} />
        <button type="submit">Subscribe</button>
      </form>
      <div id="subscriptions">
        {filters.map((each) => (
          <Messages key={each} filter={each} />
        ))}
      </div>
    </>
  )
}

/** The last messages of a filter, or why there are none. React writes text and never markup: topics and messages come from other users. */
function Messages({ filter }) {
  const { messages, error } = useMessages(filter, { limit: 20 })
  return (
    <>
      <h3>{filter}</h3>
      {error !== undefined && <p role="alert">{inWords(error)}</p>}
      <pre aria-live="polite">{messages.map(described).join('\n')}</pre>
    </>
  )
}

function Ask({ session }) {
  const [topic, setTopic] = useState('')
  const [question, setQuestion] = useState('')
  const [answer, run] = useAnswer()
  const ask = async () => `Answered: ${(await session.request(topic, question, { timeoutMs: 10_000 })).text()}`
  return (
    <form id="ask" onSubmit={run(ask)}>
      <Field id="asked" label="Topic to ask" value={topic} set={setTopic} />
      <MayI id="may-asked" operation="publish" topic={topic} />
      <Field id="question" label="Question" value={question} set={setQuestion} />
      <button type="submit">Ask</button>
      <p id="answer" role="alert">
        {answer}
      </p>
    </form>
  )
}

/** Computed from the grants, without a request; they may change with each renewal. */
function MayI({ id, operation, topic }) {
  const granted = useCan(operation, topic)
  return <output id={id}>{topic === '' ? '' : granted ? 'granted' : 'not granted'}</output>
}

function Field({ id, label, value, set }) {
  return (
    <label>
      {label} <input id={id} required value={value} onChange={(event) => set(event.target.value)} />
    </label>
  )
}

/** Runs the action of a form and keeps its result, or the client's error message and remedy. */
function useAnswer() {
  const [answer, setAnswer] = useState('')
  const run = (act) => (event) => {
    event.preventDefault()
    act().catch(inWords).then(setAnswer)
  }
  return [answer, run]
}

function inWords(error) {
  return error === undefined ? '' : `${error.message} ${error.remedy ?? ''}`
}

/** A message in one line, with its MQTT 5 properties. `text()` would throw for bytes that are not UTF-8, which other users can send. */
function described({ topic, payload, contentType, userProperties }) {
  const parts = [...(contentType === undefined ? [] : [contentType]), ...userProperties.map((pair) => pair.join('='))]
  const text = new TextDecoder().decode(payload)
  return `${topic}: ${text}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}
