import { useEffect, useState } from 'preact/hooks'
import type { ConnectionRow } from '../records/shapes.js'
import { get, post } from './api.js'
import { Empty, Failure, Heading, Time, useSecond } from './parts.js'

/** The open connections. */
export function Connections() {
  const now = useSecond()
  const [rows, setRows] = useState<readonly ConnectionRow[]>([])
  const [error, setError] = useState<unknown>()
  const load = () => get<ConnectionRow[]>('connections').then(setRows, setError)
  useEffect(() => {
    load()
  }, [Math.floor(now / 1000)])
  const end = (clientId: string) => post('end', { clientId }).then(load, setError)
  return (
    <>
      <Heading title="Connections">All open MQTT connections.</Heading>
      <Failure error={error} />
      {rows.length === 0 && <Empty>No client is connected. Try: npm start -- --as alice</Empty>}
      <ul class="cards">
        {rows.map((row) => (
          <li key={row.clientId} class="card">
            <div class="card-head">
              <strong>{row.user}</strong>
              <button type="button" class="danger" onClick={() => end(row.clientId)}>
                End<span class="visually-hidden"> the connection of {row.clientId}</span>
              </button>
            </div>
            <dl>
              <dt>Client ID</dt>
              <dd class="mono">{row.clientId}</dd>
              <dt>Since</dt>
              <dd>
                <Time at={row.openedAt} />, MQTT {row.mqttVersion === 5 ? '5' : '3.1.1'}
              </dd>
              <dt>Credentials</dt>
              <dd>{countdown(row.expiresAt, now)}</dd>
              <dt>Subscriptions</dt>
              <dd class="mono">{row.subscriptions.join(', ') || 'none'}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </>
  )
}

function countdown(expiresAt: number | undefined, now: number): string {
  if (expiresAt === undefined) return 'do not expire'
  const seconds = Math.round((expiresAt - now) / 1000)
  if (seconds <= 0) return 'expired; this connection stays open, the next one needs new credentials'
  return `for ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} more`
}
