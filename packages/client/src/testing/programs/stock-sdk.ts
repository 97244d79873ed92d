import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

// A program without code of this project: its identity is in the environment and the AWS configuration.
const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}))
process.stdout.write(`${Arn}\n`)
