import { ServiceError } from '../protocols/service-error.js'
import { describeParameter, type Operation } from './operation.js'

/** At most ten. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
export const getParameters: Operation = ({ Names }, { parameters, may, arn }) => {
  const names = Array.isArray(Names) ? Names.map(String) : []
  if (names.length === 0 || names.length > 10) {
    throw new ServiceError('ValidationException', 400, `Names must have from 1 to 10 members, not ${names.length}`)
  }
  for (const name of names) may('ssm:GetParameters', name)
  return {
    Parameters: names.flatMap((name) => {
      const found = parameters.find(name)
      return found === undefined ? [] : [describeParameter(found, arn(name))]
    }),
    InvalidParameters: names.filter((name) => parameters.find(name) === undefined),
  }
}
