import type { Announcement } from '@topic-credentials/project'
import { toolVariables, unset } from './tool-variables.js'

/**
 * Lines for `eval` in sh, bash or zsh that point the AWS tools to a running stand-in. Values are quoted, so that none can be executed as a
 * command.
 */
export function shellExports(running: Announcement): string {
  const lines = Object.entries(toolVariables(running)).map(([name, value]) => `export ${name}=${quote(value)}`)
  return [...lines, `unset ${unset.join(' ')}`, ''].join('\n')
}

/** Single quotes protect everything except single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
