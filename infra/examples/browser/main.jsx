// A page whose users sign in with OpenID Connect and use the topics granted to them. `config.json` contains the URLs.
import { fromVendor } from '@topic-credentials/client'
import { TopicSession } from '@topic-credentials/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Board } from './board.jsx'
import { goToIssuer, tokensOfReturn } from './sign-in.js'

const root = createRoot(document.getElementById('root'))

try {
  const config = await (await fetch('config.json')).json()
  const tokens = await tokensOfReturn(config)
  root.render(
    <StrictMode>
      <h1>Topic credentials</h1>
      {tokens === undefined ? <SignIn config={config} /> : <SignedIn config={config} tokens={tokens} />}
    </StrictMode>,
  )
} catch (error) {
  root.render(<p role="alert">{error.message}</p>)
}

function SignIn({ config }) {
  return (
    <>
      <p id="state">Not signed in</p>
      <button id="sign-in" type="button" onClick={() => goToIssuer(config)}>
        Sign in
      </button>
    </>
  )
}

/** The connection belongs to this component: it opens with it and closes with it. */
function SignedIn({ config: { credentialsUrl, endpoint }, tokens }) {
  const credentials = fromVendor({ url: credentialsUrl, token: tokens.get })
  return (
    <TopicSession credentials={credentials} options={endpoint === undefined ? {} : { endpoint }}>
      <Board />
    </TopicSession>
  )
}
