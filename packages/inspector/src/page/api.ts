/** The API refused, or the stand-in has ended. */
class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly remedy: string | undefined

  constructor(message: string, remedy?: string) {
    super(message)
    this.remedy = remedy
  }
}

/** @throws ApiError */
export async function get<Answer>(path: string): Promise<Answer> {
  return (await send(path, {})).json()
}

/** @throws ApiError */
export async function post<Answer>(path: string, body: object): Promise<Answer> {
  return (await sendJson(path, body)).json()
}

/** The bytes of a message. @throws ApiError */
export async function payloadOf(id: number): Promise<Uint8Array> {
  return new Uint8Array(await (await sendJson('payload', { id })).arrayBuffer())
}

function sendJson(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return send(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function send(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(`api/${path}`, options).catch(() => {
    throw new ApiError(
      'The stand-in does not answer',
      'Start it again: npm run local. Its page then has a new address.',
    )
  })
  if (response.ok) return response
  const { message, remedy } = (await response.json()) as { message: string; remedy?: string }
  throw new ApiError(message, remedy)
}
