import { useState } from 'preact/hooks'
import type { StateView } from '../records/shapes.js'
import { post } from './api.js'
import { Failure, Heading } from './parts.js'

/** The faults as buttons. */
export function Faults({ faults }: { readonly faults: StateView['faults'] }) {
  const [said, setSaid] = useState<readonly string[]>([])
  const [error, setError] = useState<unknown>()
  const press = (name: string) =>
    post<{ said: string }>('fault', { name }).then((answer) => setSaid((before) => [answer.said, ...before]), setError)
  return (
    <>
      <Heading title="Faults">
        The same as the keys in the terminal. A fault is switched off by the button that switched it on.
      </Heading>
      <Failure error={error} />
      <div class="buttons">
        {faults.map(({ name, help }) => (
          <button type="button" key={name} onClick={() => press(name)}>
            <kbd>{name}</kbd> {help}
          </button>
        ))}
      </div>
      <ol class="said" aria-live="polite" aria-label="What has happened">
        {said.slice(0, 20).map((line, index) => (
          <li key={said.length - index}>{line}</li>
        ))}
      </ol>
    </>
  )
}
