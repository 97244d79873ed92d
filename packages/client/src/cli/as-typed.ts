import { commandLine } from '@topic-credentials/project'

/** Converts the examples of a help text from the form in a checkout (`npm start -- …`) to the form where the package is installed. */
export function asTyped(text: string): string {
  return text.replaceAll(/npm start(?: --silent)?(?: --(?= ))?/gu, (script) =>
    commandLine('client') === 'npm start' ? script : commandLine('client'),
  )
}
