import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { StateView } from '../records/shapes.js'
import { get } from './api.js'
import { Ask } from './ask.js'
import { Connections } from './connections.js'
import { Decisions } from './decisions.js'
import { Faults } from './faults.js'
import { Log } from './log.js'
import { Messages } from './messages.js'
import { Failure } from './parts.js'
import { Store } from './store.js'
import { TwoClients } from './two-clients.js'

const views = [
  ['decisions', 'Decisions'],
  ['connections', 'Connections'],
  ['messages', 'Messages'],
  ['ask', 'Ask as a user'],
  ['clients', 'Two clients'],
  ['faults', 'Faults'],
  ['log', 'Log'],
] as const

const store = new Store()

function Page() {
  const [view, setView] = useState(location.hash.slice(1) || 'decisions')
  const [state, setState] = useState<StateView>()
  const [error, setError] = useState<unknown>()
  const [, setTick] = useState(0)
  useEffect(() => store.listen(() => setTick((tick) => tick + 1)), [])
  useEffect(() => {
    get<StateView>('state').then(setState, setError)
    const changed = () => setView(location.hash.slice(1) || 'decisions')
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  const { seen } = store
  const refused = seen.decisions.filter(({ allowed }) => !allowed).length
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        To the content
      </button>
      <nav aria-label="Views">
        <p class="brand">Inspector</p>
        <ul>
          {views.map(([name, title]) => (
            <li key={name}>
              <a href={`#${name}`} aria-current={name === view ? 'page' : undefined}>
                {title}
                {name === 'decisions' && refused > 0 && (
                  <span class="badge">
                    {refused}
                    <span class="visually-hidden"> refused</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
        <p class="place">
          <span class={seen.live ? 'live' : 'live off'}>{seen.live ? '● live' : '○ not connected'}</span>
          <span>{state?.stacks.join(', ') || 'nothing deployed'}</span>
          <span>{state === undefined ? '' : `${state.region} · ${state.accountId}`}</span>
        </p>
      </nav>
      <main id="main" tabIndex={-1}>
        <Failure error={error} />
        {view === 'decisions' && <Decisions seen={seen} />}
        {view === 'connections' && <Connections />}
        {view === 'messages' && <Messages seen={seen} />}
        {view === 'ask' && <Ask callers={state?.callers ?? ''} />}
        {view === 'faults' && <Faults faults={state?.faults ?? []} />}
        {view === 'log' && <Log seen={seen} />}
        {/* Kept when another view is shown: its clients stay connected. */}
        <div hidden={view !== 'clients'}>
          <TwoClients />
        </div>
      </main>
    </>
  )
}

function skip(): void {
  document.getElementById('main')?.focus()
}

const root = document.getElementById('app')
if (root !== null) render(<Page />, root)
