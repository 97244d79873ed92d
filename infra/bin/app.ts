import { ConstructError } from '@topic-credentials/cdk'
import { topicCredentialsApp } from '../lib/app.js'
import { SettingError } from '../lib/settings.js'

try {
  topicCredentialsApp()
} catch (error) {
  // What the reader can put right needs no stack trace.
  if (!(error instanceof SettingError || error instanceof ConstructError)) throw error
  console.error(`${error.message}. ${error.remedy}`)
  process.exitCode = 1
}
