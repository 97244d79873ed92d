import { readFileSync } from 'node:fs'
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib'
import { apiRoutes } from './api-checks.js'
import { functionAlone, functionCallers } from './function-checks.js'
import { topicRoleForSessions, vendorForSessions } from './role-checks.js'
import type { Check, Template } from './template.js'
import { partsUnused, rightsOverParts } from './use-checks.js'

const checks: readonly Check[] = [
  apiRoutes,
  functionAlone,
  functionCallers,
  partsUnused,
  rightsOverParts,
  topicRoleForSessions,
  vendorForSessions,
]

/**
 * Stops the synthesis of a template that grants too much. Each check is an allow list for a vending function, its API and its two
 * roles; everything else about them fails. Other resources of the app are not checked.
 *
 * @example
 * Validations.of(app).addPlugins(new StackChecks())
 */
export class StackChecks implements IPolicyValidationPlugin {
  readonly name = 'topic-credentials'
  readonly ruleIds = checks.map(({ name }) => name)

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates = templatePaths.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Template)
    const violations = templates.flatMap((template, index) => {
      const others = templates.filter((other) => other !== template)
      const templatePath = templatePaths[index] ?? ''
      return checks.flatMap(({ name: ruleName, description, fix, find }) =>
        find(template, others).map(({ logicalId, location, found }) => ({
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
