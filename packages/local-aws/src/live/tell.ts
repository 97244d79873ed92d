import type { Redeployment } from '../local-aws-types.js'

const signs = { Add: '+', Modify: '~', Remove: '-' } as const

/** Says what became of each stack. True when none was rolled back. */
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
      print(`✗ ${stackName} was rolled back to what it was: ${failure}`)
    } else if (what === '') {
      print(`✓ ${stackName} is what ${cause} says: nothing changed`)
    } else {
      print(`✓ ${stackName} deployed in place from ${cause} in ${seconds} s: ${what}`)
    }
  }
  return all.every(({ failure }) => failure === undefined)
}

/** `+Added ~Changed -Removed and 3 more`; '' where nothing changes. */
export function shown({ changes }: Redeployment): string {
  const list = changes.map(({ action, logicalId }) => `${signs[action]}${logicalId}`)
  return list.length > 4 ? `${list.slice(0, 4).join(' ')} and ${list.length - 4} more` : list.join(' ')
}
