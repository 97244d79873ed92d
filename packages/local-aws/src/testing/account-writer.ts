/** A program that writes a large account again and again, and waits to be killed. Its argument: the folder. */
import { AccountFile } from '../saved/account-file.js'

const [, , folder = ''] = process.argv
const file = new AccountFile(folder)
for (let count = 0; ; count++) {
  const names = Array.from({ length: 20_000 }, (_, index) => `AWS::Logs::LogGroup ${count}/${index}`)
  await file.write(() => ({
    ...{ version: 1, accountId: '123456789012', region: 'eu-west-1', names, buckets: {}, versions: {}, stacks: [] },
    directory: { policies: {}, roles: [], users: [] },
  }))
  process.send?.(count)
}
