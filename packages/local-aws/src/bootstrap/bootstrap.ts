import type { Directory } from '../iam/index.js'
import type { Buckets } from '../s3/buckets/buckets.js'
import type { Parameters } from '../ssm/parameters.js'
import { roles } from './roles.js'

/** Of the CDK's own bootstrap stack, which the pinned command line (2.1148.1) brings along. */
const bootstrapVersion = '33'

/** What every app of the CDK uses unless it says otherwise. */
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
 * What `cdk bootstrap` makes of an account: the bucket for assets, the roles that deployments assume, and the version. What is
 * there already stays.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export function bootstrap({ accountId, region, directory, buckets, parameters, now }: BootstrapSettings): void {
  // Names that AWS gives Regions; of another one no role can be named.
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

/** What somebody must be allowed in order to deploy with the CDK. */
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
