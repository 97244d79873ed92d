import type { Parameter, Parameters } from './parameters.js'

export interface OperationInput {
  readonly parameters: Parameters
  /** @throws ServiceError if the caller has no permission for the parameter */
  may(action: string, name: string): void
  arn(name: string): string
}

/** @throws ServiceError */
export type Operation = (request: Readonly<Record<string, unknown>>, input: OperationInput) => object

export function describeParameter({ name, value, version, at }: Parameter, arn: string): object {
  return {
    Name: name,
    Type: 'String',
    Value: value,
    Version: version,
    LastModifiedDate: at / 1000,
    ARN: arn,
    DataType: 'text',
  }
}
