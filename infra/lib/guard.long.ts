import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { topicCredentialsApp } from './app.js'
import { brokenRules, hasGuard } from './testing/cfn-guard.js'

/** Rules that no setting satisfies, and why. infra/README.md says the same. */
const explained = {
  lambda_inside_vpc_check: 'The functions call STS, DynamoDB and AWS IoT alone; a VPC would add cost and an outage',
  lambda_function_public_access_prohibited_check:
    'The source of the permission is joined from parts, which the rule does not understand',
  dynamodb_table_encrypted_kms_check:
    "DynamoDB's own key encrypts the table; a key of KMS would be asked, and paid, at each vend",
} as const

/** Rules that settings satisfy. */
const settled = [
  'cloudwatch_alarm_action_check',
  'cloudwatch_log_group_encrypted_check',
  'cloudwatch_log_group_retention_period_check',
]
const settings = {
  alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
  logRetentionDays: '365',
  logKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
}

async function broken(context: Readonly<Record<string, string>>): Promise<string[]> {
  const app = topicCredentialsApp({ context, builtinCloudFormationValidation: false })
  const { template } = app.synth().getStackByName('TopicCredentials')
  const folder = await mkdtemp(join(tmpdir(), 'guard-'))
  try {
    const file = join(folder, 'template.json')
    await writeFile(file, JSON.stringify(template))
    return await brokenRules(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const onMachinesWithGuard = hasGuard ? it : it.skip

onMachinesWithGuard(
  "Control Tower's proactive controls: with settings all pass but those that are explained",
  async () => {
    expect(await broken({})).toEqual([...Object.keys(explained), ...settled].sort())
    expect(await broken(settings)).toEqual(Object.keys(explained).sort())
  },
)
