import type { Directory } from '../iam/index.js'
import type { Buckets } from '../s3/buckets.js'
import type { Parameters } from '../ssm/parameters.js'
import { roles } from './roles.js'

/** The version of the CDK's own bootstrap stack in the pinned command line (2.1148.1). */
const bootstrapVersion = '33'

/** The default qualifier of CDK apps. */
const qualifier = 'hnb659fds'

export interface BootstrapSettings {
  readonly accountId: string
  readonly region: string
  readonly directory: Directory
  readonly buckets: Buckets
  readonly parameters: Parameters
  readonly now: number
}

/**
 * Creates the resources of `cdk bootstrap`: the bucket for assets, the roles that deployments assume, and the version. Existing ones are
 * kept.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export function bootstrap({ accountId, region, directory, buckets, parameters, now }: BootstrapSettings): void {
  // The format of AWS's Region names; role names are only valid with such a Region.
  if (!/^[a-z]{2}(-[a-z]+){1,2}-\d$/u.test(region)) return
  const place = `${accountId}-${region}`
  const bucket = `cdk-${qualifier}-assets-${place}`
  buckets.create(bucket)
  const parameter = `/cdk-bootstrap/${qualifier}/version`
  if (parameters.find(parameter) === undefined) parameters.put(parameter, bootstrapVersion, now)
  for (const { name, ...settings } of roles({ accountId, region, bucket, parameter, qualifier })) {
    const roleName = `cdk-${qualifier}-${name}-role-${place}`
    if (directory.role(roleName) === undefined) directory.createRole({ roleName, ...settings })
  }
}

/** The permissions needed to deploy with the CDK. */
export function mayDeploy(accountId: string, region: string): object {
  return {
    Sid: 'DeployWithTheCdk',
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: `arn:aws:iam::${accountId}:role/cdk-${qualifier}-*-${accountId}-${region}`,
  }
}

/** Whether a role is one of those that deployments assume. */
export function isBootstrapRole(arn: string): boolean {
  return arn.includes(`:role/cdk-${qualifier}-`)
}
