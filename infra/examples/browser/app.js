// A page whose users sign in with OpenID Connect and use the topics granted to them. `config.json` contains the URLs;
// `browser.js` is `dist/browser.js` of @topic-credentials/client.
import { connect, fromVendor } from './browser.js'
import { withRequests } from './browser-requests.js'
import { goToIssuer, tokensOfReturn } from './sign-in.js'

const config = await (await fetch('config.json')).json()
const tokens = await tokensOfReturn(config).catch(say)
if (tokens === undefined) {
  show('state', 'Not signed in')
  element('sign-in').hidden = false
  element('sign-in').addEventListener('click', () => goToIssuer(config))
} else {
  await open(tokens).catch(say)
}

async function open({ get }) {
  show('state', 'Connecting')
  const credentials = fromVendor({ url: config.credentialsUrl, token: get })
  const session = withRequests(
    await connect({
      credentials,
      ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
    }),
  )
  const connected = () =>
    show('state', `Connected until ${session.expiration.toLocaleTimeString()}; renewed automatically`)
  session.on('connected', connected)
  session.on('renewed', connected)
  session.on('interrupted', (error) => show('state', `Interrupted, reconnecting: ${error.message}`))
  session.on('closed', (error) =>
    show('state', error === undefined ? 'Closed' : `Ended: ${error.message} ${error.remedy}`),
  )
  connected()
  show('user', session.userId)
  for (const [kind, filters] of Object.entries(session.grants)) {
    for (const filter of filters) add('grants', `${kind} ${filter}`)
  }
  element('session').hidden = false
  on('publish', async () => {
    await session.publish(value('topic'), value('text'), {
      contentType: 'text/plain',
      userProperties: [['from', 'page']],
    })
    return `Published to ${value('topic')}`
  })
  on('subscribe', async () => {
    const filter = value('filter')
    const onMessage = (message) => add('messages', `${message.topic}: ${message.text()}${described(message)}`)
    await session.subscribe(filter, { onMessage }).ready
    return `Subscribed to ${filter}`
  })
  on('ask', async () => {
    const reply = await session.request(value('asked'), value('question'), { timeoutMs: 10_000 })
    return `Answered: ${reply.text()}`
  })
  // Known before the click, without asking anybody; the grants may change with each renewal.
  const offer = () => {
    for (const [id, operation] of Object.entries({ topic: 'publish', filter: 'subscribe', asked: 'publish' })) {
      const granted = session.can(operation, value(id)) ? 'granted' : 'not granted'
      show(`may-${id}`, value(id) === '' ? '' : granted)
    }
  }
  session.on('renewed', offer)
  element('session').addEventListener('input', offer)
}

/** Runs the action of a form and shows the result, or the client's error message and remedy. */
function on(form, act) {
  element(form).addEventListener('submit', async (event) => {
    event.preventDefault()
    show('answer', await act().catch((error) => `${error.message} ${error.remedy ?? ''}`))
  })
}

function say(error) {
  show('state', `${error.message} ${error.remedy ?? ''}`)
}

function element(id) {
  return document.getElementById(id)
}

/** What MQTT 5 says of a message besides. */
function described({ contentType, userProperties }) {
  const parts = [...(contentType === undefined ? [] : [contentType]), ...userProperties.map((pair) => pair.join('='))]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function value(id) {
  return element(id).value
}

function show(id, text) {
  element(id).textContent = text
}

/** Adds text, never markup: topics and messages come from other users. */
function add(id, text) {
  const item = document.createElement('li')
  item.textContent = text
  element(id).append(item)
}
