/** The API said no, or the stand-in has ended. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly remedy: string

  constructor(message: string, remedy = '') {
    super(message)
    this.remedy = remedy
  }
}

/** @throws ApiError */
export function get<Answer>(path: string): Promise<Answer> {
  return call(path, {})
}

/** @throws ApiError */
export function post<Answer>(path: string, body: object): Promise<Answer> {
  return call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/** The bytes of a message. @throws ApiError */
export async function payloadOf(id: number): Promise<Uint8Array> {
  const response = await send('payload', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id }),
  })
  return new Uint8Array(await response.arrayBuffer())
}

async function call<Answer>(path: string, options: RequestInit): Promise<Answer> {
  const response = await send(path, options)
  return (await response.json()) as Answer
}

async function send(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(`api/${path}`, options).catch(() => {
    throw new ApiError(
      'The stand-in does not answer',
      'Start it again: npm run local. Its page has another address then.',
    )
  })
  if (response.ok) return response
  const { message, remedy } = (await response.json()) as { message: string; remedy?: string }
  throw new ApiError(message, remedy)
}
