import { fileURLToPath } from 'node:url'
import { App, Validations } from 'aws-cdk-lib'
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { AwsSolutionsChecks } from 'cdk-nag'
import { readEntitlements, StackChecks, settings, TopicCredentialsStack } from '../lib/index.js'

// Here and not in cdk.json, so that the template is the same whether the CLI runs this file or Node does.
const app = new App({ context: flags })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new StackChecks())

const file =
  app.node.tryGetContext('entitlements') ?? fileURLToPath(new URL('../../entitlements.json', import.meta.url))
new TopicCredentialsStack(app, 'TopicCredentials', { ...settings(app.node), entitlements: readEntitlements(file) })
