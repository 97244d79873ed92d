import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

// A program that knows nothing of this project: the environment and the AWS configuration say who it is.
const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}))
process.stdout.write(`${Arn}\n`)
