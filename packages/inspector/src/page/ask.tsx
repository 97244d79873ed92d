import { useState } from 'preact/hooks'
import type { AskView } from '../records/shapes.js'
import { post } from './api.js'
import { Failure, Field, Heading, TextField, Verdict } from './parts.js'

const operations = ['Publish', 'Subscribe', 'Receive', 'RetainPublish', 'Connect']

/** The permissions of a user, and where they come from. */
export function Ask({ callers }: { readonly callers: string }) {
  const [user, setUser] = useState('alice')
  const [claims, setClaims] = useState('{}')
  const [operation, setOperation] = useState('Subscribe')
  const [on, setOn] = useState('devices/+/telemetry')
  const [view, setView] = useState<AskView>()
  const [error, setError] = useState<unknown>()
  const ask = async (event: Event) => {
    event.preventDefault()
    setError(undefined)
    try {
      setView(await post('ask', { user, claims: JSON.parse(claims), operation, on }))
    } catch (reason) {
      setView(undefined)
      setError(reason)
    }
  }
  return (
    <>
      <Heading title="Ask as a user">
        Signs the user in and requests credentials: rules, grants, policy, decision, proof.
      </Heading>
      <form class="form" onSubmit={ask}>
        <TextField label="User" value={user} set={setUser} />
        <TextField
          label={callers === 'jwt' ? 'Claims (JSON)' : 'Claims (only tokens have any)'}
          class="mono"
          value={claims}
          set={setClaims}
        />
        <Field label="Operation">
          <select value={operation} onChange={({ currentTarget }) => setOperation(currentTarget.value)}>
            {operations.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
        <TextField label="Topic, filter or client ID" class="mono" value={on} set={setOn} />
        <button type="submit" class="primary">
          Ask
        </button>
      </form>
      <Failure error={error} />
      {view !== undefined && <Answer view={view} />}
    </>
  )
}

function Answer({ view }: { readonly view: AskView }) {
  const { decision, policy, rules, grants, dropped, proof } = view
  return (
    <div class="answer">
      {decision === undefined ? null : (
        <section>
          <h2>
            <Verdict allowed={decision.allowed} />
          </h2>
          <p class="sentence">{decision.sentence}</p>
          <p class="reason">{decision.byIam}</p>
          {!decision.agree && <p class="failure">Grants and IAM do not agree.</p>}
        </section>
      )}
      <section>
        <h2>Rules</h2>
        <ul class="plain">
          {rules.map((rule) => (
            <li key={rule.place} class={rule.grants.length === 0 ? 'dim' : ''}>
              <span class="note">{rule.grants.length === 0 ? '– does not apply' : '✓ applies'}</span>
              <code>{rule.text}</code>
            </li>
          ))}
        </ul>
        {dropped.map((reason) => (
          <p key={reason} class="failure">
            {reason}
          </p>
        ))}
      </section>
      <section>
        <h2>Grants of {view.userId}</h2>
        <dl>
          {Object.entries(grants).map(([kind, filters]) => (
            <>
              <dt>{kind}</dt>
              <dd class="mono">{filters.join(', ') || 'nothing'}</dd>
            </>
          ))}
        </dl>
      </section>
      <section>
        <h2>Session policy</h2>
        <p>
          {policy.characters} of {policy.limit} characters, {policy.form} form, {policy.packed}
        </p>
        <details>
          <summary>The document</summary>
          <pre>{policy.document}</pre>
        </details>
        <p>{proof}</p>
      </section>
    </div>
  )
}
