import { ServiceError } from '../protocols/service-error.js'
import { describeParameter, type Operation } from './operation.js'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
export const getParameter: Operation = ({ Name }, { parameters, may, arn }) => {
  const name = String(Name)
  may('ssm:GetParameter', name)
  const found = parameters.find(name)
  if (found === undefined) throw new ServiceError('ParameterNotFound', 400, `Parameter ${name} not found.`)
  return { Parameter: describeParameter(found, arn(name)) }
}
