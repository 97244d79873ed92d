#!/usr/bin/env node
import { runLocal } from '@topic-credentials/local-aws/cli'

// The page's code is loaded only where a stand-in starts: `--env` and the like only look for one.
await runLocal(process.argv, async () => {
  const { Inspector } = await import('../inspector.js')
  return new Inspector()
})
