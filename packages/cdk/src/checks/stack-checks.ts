import { readFileSync } from 'node:fs'
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib'
import { callersProven } from './entry-checks.js'
import {
  actionMeetsResource,
  actionsNamed,
  assumedRoleNamed,
  regionAndAccountPinned,
  trustNamesRoles,
} from './iam-checks.js'
import { topicRoleForSessions, vendorForSessions } from './session-checks.js'
import type { Check, Template } from './template.js'

const checks: readonly Check[] = [
  actionMeetsResource,
  actionsNamed,
  assumedRoleNamed,
  callersProven,
  regionAndAccountPinned,
  topicRoleForSessions,
  trustNamesRoles,
  vendorForSessions,
]

/**
 * Stops a synthesis whose template would hand out too much. It finds what CloudFormation's validators and cdk-nag pass.
 *
 * @example
 * Validations.of(app).addPlugins(new StackChecks())
 */
export class StackChecks implements IPolicyValidationPlugin {
  readonly name = 'topic-credentials'
  readonly ruleIds = checks.map(({ name }) => name)

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap((templatePath) => {
      const template = JSON.parse(readFileSync(templatePath, 'utf8')) as Template
      return checks.flatMap(({ name: ruleName, description, fix, find }) =>
        find(template).map(({ logicalId, location, found }) => ({
          ruleName,
          description: `${description}: ${found}`,
          fix,
          severity: 'error',
          violatingResources: [{ resourceLogicalId: logicalId, templatePath, locations: [location] }],
        })),
      )
    })
    return { success: violations.length === 0, violations }
  }
}
