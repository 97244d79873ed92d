import { type ApiInput, findStack } from '../input.js'

/**
 * The original template, except that AWS returns question marks for characters outside ASCII
 * (https://github.com/aws/aws-cdk-cli/issues/1915).
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
 */
export function getTemplate(input: ApiInput) {
  const { definition } = findStack(input, 'GetTemplate')
  return {
    TemplateBody: definition.templateBody.replaceAll(/[^\t\n\r -~]/gu, '?'),
    StagesAvailable: ['Original', 'Processed'],
  }
}
