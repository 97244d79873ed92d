import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ApiError } from './api.js'

/** Renders again once a second, for what counts down. */
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
  const remedy = error instanceof ApiError ? error.remedy : ''
  return (
    <p class="failure" role="alert">
      <strong>{error instanceof Error ? error.message : String(error)}</strong> {remedy}
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

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}

/** A heading with what the view is for. */
export function Heading({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <header class="heading">
      <h1>{title}</h1>
      <p>{children}</p>
    </header>
  )
}
