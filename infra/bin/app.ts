import { topicCredentialsApp } from '../lib/app.js'

try {
  topicCredentialsApp().synth()
} catch (error) {
  const { message, remedy } = error as Error & { readonly remedy?: unknown }
  // An error with a remedy is the user's to correct, and needs no stack trace.
  if (typeof remedy !== 'string') throw error
  console.error(`${message.replace(/\.$/u, '')}. ${remedy}`)
  // Exit immediately: otherwise the CDK would synthesize the incomplete app when the process ends.
  process.exit(1)
}
