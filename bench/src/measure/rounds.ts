/**
 * Runs all contestants alternately, forwards in one round and backwards in the next, so that other load on the machine affects all alike.
 *
 * @param contestants functions to run, by name; each returns one value, or several by name
 * @param options.warmUp number of rounds that do not count
 * @returns the values of each contestant, one per counted round
 */
export async function inTurns<Name extends string, Figures>(
  contestants: Readonly<{ [N in Name]: (round: number) => Figures | Promise<Figures> }>,
  { rounds, warmUp = 1, onRound }: { rounds: number; warmUp?: number; onRound?: (done: number) => void },
): Promise<{ [N in Name]: Figures[] }> {
  const names = Object.keys(contestants) as Name[]
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as { [N in Name]: Figures[] }
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const figure = await contestants[name](round)
      if (round >= 0) figures[name].push(figure)
    }
    if (round >= 0) onRound?.(round + 1)
  }
  return figures
}
