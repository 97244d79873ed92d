#!/usr/bin/env node
import { runLocal } from '@topic-credentials/local-aws/cli'

// The page is loaded only if a stand-in starts: `--env` and similar options only look for a running one.
await runLocal(process.argv, async () => {
  const { Inspector } = await import('../inspector.js')
  return new Inspector()
})
