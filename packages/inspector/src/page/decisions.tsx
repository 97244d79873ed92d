import { useEffect, useState } from 'preact/hooks'
import type { DecisionRow, DecisionView } from '../records/shapes.js'
import { post } from './api.js'
import { Empty, Failure, Field, Heading, Time, Verdict } from './parts.js'
import type { Seen } from './store.js'

const shown = 100

/** What was decided, newest first, and why. */
export function Decisions({ seen }: { readonly seen: Seen }) {
  const [refusedOnly, setRefusedOnly] = useState(true)
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<number>()
  const wanted = seen.decisions.filter((row) => (!refusedOnly || !row.allowed) && matches(row, text))
  const rows = wanted.slice(-shown).reverse()
  return (
    <>
      <Heading title="Decisions">
        Newest first. Choose one to see which statement decided, and which grant is missing.
      </Heading>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Field label="Search">
          <input
            type="search"
            value={text}
            placeholder="user, operation or topic"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={refusedOnly}
            onChange={({ currentTarget }) => setRefusedOnly(currentTarget.checked)}
          />
          <span>Refusals only</span>
        </label>
      </form>
      {rows.length === 0 && <Empty>{refusedOnly ? 'Nothing was refused.' : 'Nothing was decided yet.'}</Empty>}
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              class="row"
              aria-expanded={row.id === chosen}
              onClick={() => setChosen(row.id === chosen ? undefined : row.id)}
            >
              <Time at={row.at} />
              <Verdict allowed={row.allowed} />
              <span class="who">{row.who}</span>
              <span>{row.operation}</span>
              <span class="mono on">{row.on}</span>
            </button>
            {row.id === chosen && <Detail id={row.id} />}
          </li>
        ))}
      </ul>
    </>
  )
}

const notes = { identity: 'of the role', boundary: 'limits the role' } as const

function matches({ who, operation, on, clientId = '' }: DecisionRow, text: string): boolean {
  const words = text.toLowerCase().split(' ')
  const all = `${who} ${operation} ${on} ${clientId}`.toLowerCase()
  return words.every((word) => all.includes(word))
}

function Detail({ id }: { readonly id: number }) {
  const [view, setView] = useState<DecisionView>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    post<DecisionView>('decision', { id }).then(setView, setError)
  }, [id])
  if (view === undefined) return <Failure error={error} />
  const { grant, policies, principal, clientId, reason } = view
  return (
    <section class="detail" aria-label="Why">
      {grant !== undefined && grant.allowed === view.allowed && <p class="sentence">{grant.sentence}</p>}
      {grant !== undefined && grant.allowed !== view.allowed && (
        <p class="sentence">
          {grant.allowed
            ? 'It is granted, and a policy is in the way: '
            : 'It is not granted, and allowed all the same: '}
          {reason}.
        </p>
      )}
      <dl>
        {grant === undefined || (grant.allowed && grant.grant === undefined) ? null : (
          <>
            <dt>{grant.grant === undefined ? 'Grant' : 'By the grant'}</dt>
            <dd class="mono">
              {grant.grant ?? (grant.nearest === undefined ? 'none' : `none; nearest: ${grant.nearest}`)}
            </dd>
          </>
        )}
        <dt>IAM</dt>
        <dd class="reason">{reason}</dd>
        {clientId === undefined ? null : (
          <>
            <dt>Client ID</dt>
            <dd class="mono">{clientId}</dd>
          </>
        )}
        {principal === '' ? null : (
          <>
            <dt>Principal</dt>
            <dd class="mono">{principal}</dd>
          </>
        )}
      </dl>
      {policies.map((policy) => (
        <details key={policy.name} open={policy.kind === 'session' || policy.statements.some(({ decided }) => decided)}>
          <summary>
            {policy.name} {policy.kind !== 'session' && <span class="note">{notes[policy.kind]}</span>}
          </summary>
          {policy.statements.map((statement) => (
            <pre key={statement.text} class={statement.decided ? 'decided' : ''}>
              {statement.decided && <b>▸ this statement decided{'\n'}</b>}
              {statement.text}
            </pre>
          ))}
        </details>
      ))}
    </section>
  )
}
