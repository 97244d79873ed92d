import type { Redeployment } from '../local-aws-types.js'

const signs = { Add: '+', Modify: '~', Remove: '-' } as const

/** Prints the result of each stack. True if none was rolled back. */
export function tell(
  print: (line: string) => void,
  all: readonly Redeployment[],
  cause: string,
  began: number,
): boolean {
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  for (const redeployment of all) {
    const { stackName, failure } = redeployment
    const what = shown(redeployment)
    if (failure !== undefined) {
      print(`✗ ${stackName} was rolled back: ${failure}`)
    } else if (what === '') {
      print(`✓ ${stackName} already matches ${cause}`)
    } else {
      print(`✓ ${stackName} deployed in place from ${cause} in ${seconds} s: ${what}`)
    }
  }
  return all.every(({ failure }) => failure === undefined)
}

/** `+Added ~Changed -Removed and 3 more`; '' if nothing changes. */
export function shown({ changes }: Redeployment): string {
  const list = changes.map(({ action, logicalId }) => `${signs[action]}${logicalId}`)
  return list.length > 4 ? `${list.slice(0, 4).join(' ')} and ${list.length - 4} more` : list.join(' ')
}
