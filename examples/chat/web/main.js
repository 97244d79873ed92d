import { connect, fromVendor } from '@topic-credentials/client'

let session

element('login').addEventListener('submit', async (event) => {
  event.preventDefault()
  const login = await fetch('/login', { method: 'POST', body: JSON.stringify({ name: element('name').value }) })
  const { token, endpoint, detail } = await login.json()
  if (!login.ok) {
    element('state').textContent = detail
    return
  }
  const credentials = fromVendor({ url: `${location.origin}/credentials`, token })
  session = await connect({ credentials, ...(endpoint === undefined ? {} : { endpoint }) })
  const messages = session.subscribe('rooms/lobby/+')
  await messages.ready
  element('state').textContent = `Signed in as ${session.userId}`
  for await (const message of messages) {
    const line = document.createElement('li')
    line.textContent = `${message.topic.split('/')[2]}: ${message.text()}`
    element('messages').append(line)
  }
})

element('say').addEventListener('submit', async (event) => {
  event.preventDefault()
  const text = element('text').value
  // "/as NAME TEXT" tries to speak as somebody else: that is refused before it is sent, and by AWS if it were.
  const [, name = session.userId, words = text] = /^\/as (\S+) (.*)$/u.exec(text) ?? []
  try {
    await session.publish(`rooms/lobby/${name}`, words)
    element('text').value = ''
  } catch (error) {
    element('state').textContent = error.message
  }
})

function element(id) {
  return document.getElementById(id)
}
