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
  const publish = async (topic, text) => {
    await session.publish(topic, text, { contentType: 'text/plain', userProperties: [['from', 'page']] })
    return `Published to ${topic}`
  }
  const topic = { id: 'topic', label: 'Topic' }
  const text = { id: 'text', label: 'Message' }
  return <TopicForm id="publish" button="Publish" topic={topic} text={text} result="published" act={publish} />
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
  const ask = async (topic, text) => `Answered: ${(await session.request(topic, text, { timeoutMs: 10_000 })).text()}`
  const topic = { id: 'asked', label: 'Topic to ask' }
  const text = { id: 'question', label: 'Question' }
  return <TopicForm id="ask" button="Ask" topic={topic} text={text} result="answer" act={ask} />
}

/** A form with a topic to publish to and a text; shows the result of its action, or the client's error message and remedy. */
function TopicForm({ id, button, topic, text, result, act }) {
  const [topicValue, setTopic] = useState('')
  const [textValue, setText] = useState('')
  const [answer, setAnswer] = useState('')
  const submit = (event) => {
    event.preventDefault()
    act(topicValue, textValue).catch(inWords).then(setAnswer)
  }
  return (
    <form id={id} onSubmit={submit}>
      <Field {...topic} value={topicValue} set={setTopic} />
      <MayI id={`may-${topic.id}`} operation="publish" topic={topicValue} />
      <Field {...text} value={textValue} set={setText} />
      <button type="submit">{button}</button>
      <p id={result} role="alert">
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

function inWords(error) {
  return error === undefined ? '' : `${error.message} ${error.remedy ?? ''}`
}

/** A message in one line, with its MQTT 5 properties. `text()` would throw for bytes that are not UTF-8, which other users can send. */
function described({ topic, payload, contentType, userProperties }) {
  const parts = [...(contentType === undefined ? [] : [contentType]), ...userProperties.map((pair) => pair.join('='))]
  const text = new TextDecoder().decode(payload)
  return `${topic}: ${text}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}
