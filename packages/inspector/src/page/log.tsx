import { Empty, Heading, Time } from './parts.js'
import type { Seen } from './store.js'

const shown = 200
/** Lambda's own lines, two for each call. */
const platform = /^\{"time":"[^"]*","type":"platform\./u

/** Lines of the functions, and other refusals and failures. */
export function Log({ seen }: { readonly seen: Seen }) {
  return (
    <>
      <Heading title="Log">Lines of the functions, refusals and failures. Newest first.</Heading>
      {seen.log.length === 0 && <Empty>No line yet.</Empty>}
      <ol class="log">
        {seen.log
          .filter(({ text }) => !platform.test(text))
          .slice(-shown)
          .reverse()
          .map((row) => (
            <li key={row.id} class={row.failed ? 'failed' : ''}>
              <span>
                <Time at={row.at} /> <b>{row.failed ? `✗ ${row.source}` : row.source}</b>
              </span>
              <code>{row.text}</code>
            </li>
          ))}
      </ol>
    </>
  )
}
