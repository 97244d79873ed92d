import { topicCredentialsApp } from '../lib/app.js'

topicCredentialsApp()
