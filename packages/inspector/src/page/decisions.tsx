import { useEffect, useState } from 'preact/hooks'
import type { DecisionRow, DecisionView } from '../records/shapes.js'
import { post } from './api.js'
import { Empty, Fact, Failure, Filters, Heading, Rows, Time, Verdict } from './parts.js'
import type { Seen } from './store.js'

/** Decisions with their reasons, newest first. */
export function Decisions({ seen }: { readonly seen: Seen }) {
  const [refusedOnly, setRefusedOnly] = useState(true)
  const [text, setText] = useState('')
  const wanted = seen.decisions.filter((row) => (!refusedOnly || !row.allowed) && matches(row, text))
  return (
    <>
      <Heading title="Decisions">
        Newest first. Choose one to see which statement decided, and which grant is missing.
      </Heading>
      <Filters
        {...{ text, setText }}
        placeholder="user, operation or topic"
        choice="Refusals only"
        chosen={refusedOnly}
        choose={setRefusedOnly}
      />
      {wanted.length === 0 && <Empty>{refusedOnly ? 'Nothing was refused.' : 'Nothing was decided yet.'}</Empty>}
      <Rows
        rows={wanted}
        summary={(row) => (
          <>
            <Time at={row.at} />
            <Verdict allowed={row.allowed} />
            <span class="who">{row.who}</span>
            <span>{row.operation}</span>
            <span class="mono on">{row.on}</span>
          </>
        )}
        detail={({ id }) => <Detail id={id} />}
      />
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
          {grant.allowed ? 'It is granted, but a policy does not allow it: ' : 'It is not granted, but allowed: '}
          {reason}.
        </p>
      )}
      <dl>
        <Fact name={grant?.grant === undefined ? 'Grant' : 'By the grant'} class="mono" value={grantText(grant)} />
        <Fact name="IAM" class="reason" value={reason} />
        <Fact name="Client ID" class="mono" value={clientId} />
        <Fact name="Principal" class="mono" value={principal} />
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

/** The grant that allows it, or the nearest one; undefined where it is allowed without a grant. */
function grantText(grant: DecisionView['grant']): string | undefined {
  if (grant === undefined || (grant.allowed && grant.grant === undefined)) return undefined
  return grant.grant ?? (grant.nearest === undefined ? 'none' : `none; nearest: ${grant.nearest}`)
}
