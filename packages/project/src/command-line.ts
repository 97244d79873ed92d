import { fileURLToPath } from 'node:url'

/** The commands that messages and help name. */
export type CommandName = 'client' | 'local' | 'deploy' | 'deploy:local' | 'revoke' | 'access' | 'check' | 'probe'

/** The commands as npm scripts of this repository. */
const scripts: Readonly<Record<CommandName, string>> = {
  client: 'npm start',
  local: 'npm run local',
  deploy: 'npm run cdk -- deploy',
  'deploy:local': 'npm run deploy:local',
  revoke: 'npm run revoke',
  access: 'npm run access',
  check: 'npm run check',
  probe: 'npm run probe',
}

/** The commands as programs of installed packages. */
const programs: Readonly<Record<CommandName, string>> = {
  client: 'npx topic-credentials',
  local: 'npx local-aws',
  deploy: 'npx cdk deploy',
  'deploy:local': 'eval "$(npx local-aws --env)" && npx cdk deploy',
  revoke: 'npx topic-credentials-ops revoke',
  access: 'npx topic-credentials-ops access',
  check: 'npx topic-credentials-ops check',
  probe: 'npx topic-credentials-ops probe',
}

/** Whether this code is part of an installed package and not of a checkout of the repository. */
export function isInstalled(path: string = fileURLToPath(import.meta.url)): boolean {
  return /[\\/]node_modules[\\/]/u.test(path)
}

/**
 * A command as the user types it: an npm script in a checkout, otherwise a program of an installed package.
 *
 * @param words the arguments
 * @example
 * commandLine('revoke', 'alice') // 'npm run revoke -- alice', or 'npx topic-credentials-ops revoke alice'
 */
export function commandLine(name: CommandName, words = '', installed: boolean = isInstalled()): string {
  const start = installed ? programs[name] : scripts[name]
  if (words === '') return start
  return installed || start.includes(' -- ') ? `${start} ${words}` : `${start} -- ${words}`
}

/** The name of a command in its usage line. */
export function programName(name: CommandName): string {
  return isInstalled() ? programs[name].replace('npx ', '') : name
}

/**
 * Examples for a command's help, one per line, each with its explanation.
 *
 * @param rows the arguments and the explanation; '' if the arguments are clear without one
 */
export function examples(name: CommandName, rows: readonly (readonly [words: string, does: string])[]): string {
  const lines = rows.map(([words, does]) => [commandLine(name, words), does] as const)
  const width = Math.max(...lines.map(([line]) => line.length))
  return ['', 'Examples:', ...lines.map(([line, does]) => `  ${line.padEnd(width)}   ${does}`.trimEnd())].join('\n')
}
