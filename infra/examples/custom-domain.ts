import { readEntitlements, TopicCredentials } from '@topic-credentials/cdk'
import { type App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { ApiMapping, DomainName } from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'

/** Properties of {@link CustomDomainStack}. */
export interface CustomDomainStackProps extends StackProps {
  readonly entitlementsFile: string
  /** Such as `credentials.example.com`. */
  readonly domainName: string
  /** ARN of an AWS Certificate Manager certificate for that name, in the stack's Region. */
  readonly certificateArn: string
}

/** The vend API with a custom domain name. See docs/guides/custom-domain.md. */
export class CustomDomainStack extends Stack {
  constructor(scope: App, id: string, props: CustomDomainStackProps) {
    super(scope, id, props)
    const { api } = new TopicCredentials(this, 'Credentials', {
      entitlements: readEntitlements(props.entitlementsFile),
    })
    const domainName = new DomainName(this, 'Domain', {
      domainName: props.domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
    })
    new ApiMapping(this, 'Mapping', { api: api.api, stage: api.stage, domainName })
    new CfnOutput(this, 'CredentialsUrl', { value: `https://${props.domainName}/credentials` })
    new CfnOutput(this, 'DnsTarget', { value: domainName.regionalDomainName })
  }
}
