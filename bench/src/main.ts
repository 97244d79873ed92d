import { Argument, Command } from 'commander'
import { benches } from './benches.js'
import { root } from './checkout.js'
import { publish } from './report/publish.js'
import { runBenches } from './run-benches.js'

const names = benches.map(({ name }) => name)
const width = Math.max(0, ...names.map(({ length }) => length))

const program = new Command('bench')
  .description('Runs the benchmarks, prints tables, and writes them with their pictures to docs/benchmarks')
  .addArgument(new Argument('[names...]', 'the benchmarks to run (default: all)').choices(names))
  .option('--json', 'one JSON object per bench on stdout instead of tables')
  .option('--dry', 'print the results without writing files')
  .addHelpText(
    'after',
    `\nBenches:\n${benches.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}`,
  )
  .action(async (chosen: readonly string[], { json, dry }: { json?: true; dry?: true }) => {
    const failed = await runBenches(
      benches.filter(({ name }) => chosen.length === 0 || chosen.includes(name)),
      {
        progress: (line) => console.error(line),
        result: (text) => {
          if (json !== true) console.log(text)
        },
      },
      async (record) => {
        if (json === true) console.log(JSON.stringify(record))
        if (dry !== true) await publish(record, { root, names })
      },
    )
    // Exit immediately: the device SDK keeps the process alive for seconds after its last connection.
    process.exit(failed.length === 0 ? 0 : 1)
  })

await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
