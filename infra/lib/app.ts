import { fileURLToPath } from 'node:url'
import { readEntitlements, StackChecks } from '@topic-credentials/cdk'
import { App, type AppProps, Validations } from 'aws-cdk-lib'
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { AwsSolutionsChecks } from 'cdk-nag'
import { settings } from './settings.js'
import { TopicCredentialsStack } from './topic-credentials-stack.js'

const entitlementsFile = fileURLToPath(new URL('../../entitlements.json', import.meta.url))

/**
 * The app that `cdk` runs: the stack `TopicCredentials` with the settings of the context, and the checks that it must pass.
 * `-c entitlements=FILE` reads another file than `infra/entitlements.json`.
 */
export function topicCredentialsApp({ context, ...props }: AppProps = {}): App {
  // The flags are here and not in cdk.json, so that the template is the same whether the CLI runs this or Node does.
  const app = new App({ ...props, context: { ...flags, ...context } })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new StackChecks())
  const file: unknown = app.node.tryGetContext('entitlements') ?? entitlementsFile
  const entitlements = readEntitlements(String(file))
  new TopicCredentialsStack(app, 'TopicCredentials', { ...settings(app.node), entitlements })
  return app
}
