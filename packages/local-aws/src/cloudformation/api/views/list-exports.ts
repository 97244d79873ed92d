import { type ApiInput, may, stackArn } from '../input.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html */
export function listExports(input: ApiInput) {
  may(input, 'ListExports', stackArn(input, '*'))
  return {
    Exports: input.stacks
      .list()
      .filter(({ deletedAt }) => deletedAt === undefined)
      .flatMap(({ stackId, outputs }) =>
        outputs.flatMap(({ exportName, value }) =>
          exportName === undefined ? [] : [{ ExportingStackId: stackId, Name: exportName, Value: value }],
        ),
      ),
  }
}
