import { useEffect, useState } from 'preact/hooks'
import type { ConnectionRow, MessageRow } from '../records/shapes.js'
import { get, payloadOf } from './api.js'
import { Empty, Fact, Failure, Filters, Heading, Rows, Time } from './parts.js'
import type { Seen } from './store.js'

const forms = ['text', 'json', 'hex'] as const
const outcomes: Readonly<Record<string, string>> = {
  sent: '✓ received',
  waits: '… waits: not connected, or busy with earlier messages',
  refused: '✗ refused: iot:Receive is not allowed',
  away: '✗ missed: QoS 0, and not connected',
  too_fast: '✗ missed: QoS 0, faster than the client reads',
  unfit: '✗ not sent: expired, or larger than the client accepts',
}

/** The published messages, and the outcome for each client. */
export function Messages({ seen }: { readonly seen: Seen }) {
  const [text, setText] = useState('')
  const [events, setEvents] = useState(false)
  const wanted = seen.messages.filter(({ topic, from }) => {
    if (!events && topic.startsWith('$aws/')) return false
    return `${topic} ${from}`.toLowerCase().includes(text.toLowerCase())
  })
  return (
    <>
      <Heading title="Messages">
        Newest first: the publisher, the receivers, and the clients that did not receive it.
      </Heading>
      <Filters
        {...{ text, setText }}
        placeholder="topic or client ID"
        choice="AWS IoT’s own events"
        chosen={events}
        choose={setEvents}
      >
        {seen.skipped > 0 && <p class="note">{seen.skipped} rows arrived too fast to be shown.</p>}
      </Filters>
      {wanted.length === 0 && <Empty>No message yet. Try: npm start -- publish hello</Empty>}
      <Rows
        rows={wanted}
        summary={(row) => (
          <>
            <Time at={row.at} />
            <span class="mono on">{row.topic}</span>
            <span class="who">{row.from}</span>
            <span class="note">{summary(row)}</span>
          </>
        )}
        detail={(row) => <Detail row={row} />}
      />
    </>
  )
}

function summary({ deliveries, bytes }: MessageRow): string {
  const all = Object.values(deliveries)
  const got = all.filter((outcome) => outcome === 'sent').length
  const not = all.length - got
  return `${bytes} B · ${got} received${not === 0 ? '' : ` · ✗ ${not} not received`}`
}

function Detail({ row }: { readonly row: MessageRow }) {
  const [bytes, setBytes] = useState<Uint8Array>()
  const [error, setError] = useState<unknown>()
  const [form, setForm] = useState<(typeof forms)[number]>('text')
  const [others, setOthers] = useState<readonly string[]>([])
  useEffect(() => {
    payloadOf(row.id).then(setBytes, setError)
    get<ConnectionRow[]>('connections').then((all) => {
      const there = all.filter(({ openedAt, clientId }) => openedAt < row.at && !(clientId in row.deliveries))
      setOthers(there.map(({ clientId }) => clientId))
    }, setError)
  }, [row])
  const deliveries = Object.entries(row.deliveries)
  return (
    <section class="detail" aria-label="Message">
      <Failure error={error} />
      <fieldset class="tabs">
        <legend class="visually-hidden">Payload as</legend>
        {forms.map((one) => (
          <button type="button" key={one} aria-pressed={one === form} onClick={() => setForm(one)}>
            {one}
          </button>
        ))}
      </fieldset>
      <pre>{bytes === undefined ? '' : shownAs(form, bytes)}</pre>
      <dl>
        <dt>Sent with</dt>
        <dd>
          QoS {row.qos}
          {row.retain ? ', RETAIN' : ''}, {row.bytes} bytes
        </dd>
        {deliveries.length === 0 && <Fact name="Deliveries" value="none: no subscription matches" />}
        {others.length > 0 && (
          <>
            <dt>Not to</dt>
            <dd>
              <span class="mono">{others.join(', ')}</span>: connected, and no subscription matches
            </dd>
          </>
        )}
        {deliveries.map(([clientId, outcome]) => (
          <>
            <dt class="mono">{clientId}</dt>
            <dd>{outcomes[outcome] ?? outcome}</dd>
          </>
        ))}
      </dl>
    </section>
  )
}

function shownAs(form: (typeof forms)[number], bytes: Uint8Array): string {
  if (form === 'hex') return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const text = new TextDecoder().decode(bytes)
  if (form === 'text') return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return 'The payload is not JSON.'
  }
}
