import { topicCredentialsApp } from '../lib/app.js'
import { EntitlementsFileError, SettingError } from '../lib/index.js'

try {
  topicCredentialsApp()
} catch (error) {
  // What the reader can put right needs no stack trace.
  if (!(error instanceof SettingError || error instanceof EntitlementsFileError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
