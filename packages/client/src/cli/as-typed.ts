import { commandLine } from '@topic-credentials/project'

/** A help text's examples, written as in a checkout (`npm start -- …`), as they are typed where this was installed. */
export function asTyped(text: string): string {
  return text.replaceAll(/npm start(?: --silent)?(?: --(?= ))?/gu, (script) =>
    commandLine('client') === 'npm start' ? script : commandLine('client'),
  )
}
