import { describe, expect, it } from '@jest/globals'
import { isInstalled } from './command-line.js'
import { type CommandName, commandLine } from './index.js'

const cases: readonly [CommandName, string, string, string][] = [
  ['client', '--topic a', 'npm start -- --topic a', 'npx topic-credentials --topic a'],
  ['local', '', 'npm run local', 'npx local-aws'],
  ['local', '--env', 'npm run local -- --env', 'npx local-aws --env'],
  ['deploy', '-c roleName=x', 'npm run cdk -- deploy -c roleName=x', 'npx cdk deploy -c roleName=x'],
  ['probe', '', 'npm run probe', 'npx topic-credentials-ops probe'],
  ['revoke', 'alice', 'npm run revoke -- alice', 'npx topic-credentials-ops revoke alice'],
]

describe('commandLine', () => {
  it.each(cases)('%s %s is a script in a checkout and a program elsewhere', (name, words, script, program) => {
    expect(commandLine(name, words, false)).toBe(script)
    expect(commandLine(name, words, true)).toBe(program)
  })

  it('distinguishes a checkout from an installation', () => {
    expect(isInstalled('/home/a/node_modules/@topic-credentials/project/dist/command-line.js')).toBe(true)
    expect(isInstalled('C:\\a\\node_modules\\@topic-credentials\\project\\dist\\command-line.js')).toBe(true)
    expect(isInstalled('/home/a/node_modules-of-mine/project/dist/command-line.js')).toBe(false)
    expect(isInstalled()).toBe(false)
  })
})
