import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

const rowsShown = 100

/** Renders the component once a second, for countdowns. */
export function useSecond(): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** Allowed or refused, by sign, word and colour. */
export function Verdict({ allowed }: { readonly allowed: boolean }) {
  return <span class={allowed ? 'verdict yes' : 'verdict no'}>{allowed ? '✓ allowed' : '✗ refused'}</span>
}

export function Time({ at }: { readonly at: number }) {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {date.toTimeString().slice(0, 8)}
    </time>
  )
}

export function Failure({ error }: { readonly error: unknown }) {
  if (error === undefined) return null
  const { message = String(error), remedy } = error as { message?: string; remedy?: string }
  return (
    <p class="failure" role="alert">
      <strong>{message}</strong> {remedy}
    </p>
  )
}

export function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  )
}

/** A field for one line of text. */
export function TextField(props: {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly class?: string
}) {
  const { label, value, set } = props
  return (
    <Field label={label}>
      <input class={props.class} value={value} onInput={({ currentTarget }) => set(currentTarget.value)} />
    </Field>
  )
}

/** The filters of a list: a text to search for, and a check box. */
export function Filters(props: {
  readonly text: string
  readonly setText: (text: string) => void
  readonly placeholder: string
  readonly choice: string
  readonly chosen: boolean
  readonly choose: (chosen: boolean) => void
  readonly children?: ComponentChildren
}) {
  const { text, setText, placeholder, choice, chosen, choose, children } = props
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <Field label="Search">
        <input
          type="search"
          value={text}
          placeholder={placeholder}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </Field>
      <label class="check">
        <input type="checkbox" checked={chosen} onChange={({ currentTarget }) => choose(currentTarget.checked)} />
        <span>{choice}</span>
      </label>
      {children}
    </form>
  )
}

/** The newest rows of a list; a click opens a row's details and closes them again. */
export function Rows<Row extends { readonly id: number }>(props: {
  readonly rows: readonly Row[]
  readonly summary: (row: Row) => ComponentChildren
  readonly detail: (row: Row) => ComponentChildren
}) {
  const [chosen, setChosen] = useState<number>()
  return (
    <ul class="rows">
      {props.rows
        .slice(-rowsShown)
        .reverse()
        .map((row) => (
          <li key={row.id}>
            <button
              type="button"
              class="row"
              aria-expanded={row.id === chosen}
              onClick={() => setChosen(row.id === chosen ? undefined : row.id)}
            >
              {props.summary(row)}
            </button>
            {row.id === chosen && props.detail(row)}
          </li>
        ))}
    </ul>
  )
}

/** A name with its value; nothing without a value. */
export function Fact({
  name,
  value,
  ...dd
}: {
  readonly name: string
  readonly value: string | undefined
  readonly class?: string
}) {
  if (value === undefined || value === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd class={dd.class}>{value}</dd>
    </>
  )
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}

/** A heading, and the purpose of the view. */
export function Heading({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <header class="heading">
      <h1>{title}</h1>
      <p>{children}</p>
    </header>
  )
}
