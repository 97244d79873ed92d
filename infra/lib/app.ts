import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readEntitlements, StackChecks } from '@topic-credentials/cdk'
import { App, type AppProps, Validations } from 'aws-cdk-lib'
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { AwsSolutionsChecks } from 'cdk-nag'
import { givenSettings } from './settings/context.js'
import { settings } from './settings/settings.js'
import { TopicCredentialsStack } from './topic-credentials-stack.js'

const appEntitlements = fileURLToPath(new URL('../../entitlements.json', import.meta.url))

/**
 * The CDK app: one stack with the settings from the context, and the checks that it must pass.
 *
 * @throws SettingError, ConstructError
 */
export function topicCredentialsApp({ context, ...props }: AppProps = {}): App {
  // The feature flags are set here and not in cdk.json, so that the template is the same with the CLI and with Node alone.
  const app = new App({ ...props, context: { ...flags, ...context } })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new StackChecks())
  const { stackName, entitlementsFile = appEntitlements, env, props: constructs } = settings(app.node)
  const entitlements = readEntitlements(entitlementsFile)
  // A stand-in reads it to synthesize the app with the same settings when the entitlements change.
  writeFileSync(join(app.outdir, 'settings.json'), `${JSON.stringify(givenSettings(app.node))}\n`)
  new TopicCredentialsStack(app, stackName, { ...constructs, ...(env === undefined ? {} : { env }), entitlements })
  return app
}
