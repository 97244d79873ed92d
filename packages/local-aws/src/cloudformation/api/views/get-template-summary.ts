import { readTemplate, templateText } from '../definition.js'
import { type ApiInput, findStack, may, stackArn } from '../input.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html */
export async function getTemplateSummary(input: ApiInput) {
  const named = input.parameters.get('StackName')
  if (!named) may(input, 'GetTemplateSummary', stackArn(input, '*'))
  const text = named ? findStack(input, 'GetTemplateSummary').definition.templateBody : await templateText(input)
  const template = await readTemplate(text, named ?? '')
  return {
    Description: template.Description,
    Parameters: Object.entries(template.Parameters ?? {}).map(([name, { Type, Default, Description }]) => ({
      ParameterKey: name,
      ParameterType: Type,
      DefaultValue: Default === undefined ? undefined : String(Default),
      Description,
    })),
    ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
  }
}
