import { topicCredentialsApp } from '../lib/app.js'

try {
  topicCredentialsApp().synth()
} catch (error) {
  const { message, remedy } = error as Error & { readonly remedy?: unknown }
  // What the reader can put right says how, and needs no stack trace.
  if (typeof remedy !== 'string') throw error
  console.error(`${message.replace(/\.$/u, '')}. ${remedy}`)
  // At once: the CDK would synthesize the half-built app when the process ends.
  process.exit(1)
}
