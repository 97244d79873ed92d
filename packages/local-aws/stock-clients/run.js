// Runs the AWS and MQTT programs installed on this machine, unmodified, against the stand-in, and lists the missing ones. Needs `pnpm build`
// and a synthesized stack. Exits with 1 if a result is not the expected one.
//
//   pnpm --filter local-aws stock-clients        PYTHON=/usr/bin/python3 selects the interpreter
import { awsCli, boto3, curl, librariesOf, mosquitto, mqtt } from './programs.js'
import { run, startTestStack } from './test-stack.js'

const python = process.env.PYTHON ?? 'python3'
const rows = []
const absent = []

/** Runs the cases of one program sequentially: AWS IoT allows one CONNECT per second and client ID. */
async function put(name, program, cases) {
  for (const [what, who, args, { outcome, says }] of cases) {
    const { code, text } = await run(program, args, stack.environments[who])
    // A failed program was not necessarily refused: its output must be the expected refusal.
    const came = code === 0 ? 'allowed' : Number.isInteger(code) ? 'refused' : code
    const right = came === outcome && says.test(text)
    const answer = text.split('\n').filter(Boolean).at(-1) ?? ''
    rows.push({ program: name, what, expected: outcome, came, right: right ? 'yes' : 'NO', answer })
    console.log(`${right ? 'ok  ' : 'FAIL'} ${name}: ${what}: ${came}${answer && `: ${answer}`}`)
    if (!right) console.log(`     expected: ${outcome}, ${says}; ended with ${code}`)
  }
}

async function version(program, args, pattern) {
  return pattern.exec((await run(program, args))?.text ?? '')?.[1]
}

const stack = await startTestStack().catch(({ message }) => {
  console.error(message)
  process.exit(1)
})
try {
  const aws = await version('aws', ['--version'], /aws-cli\/(\S+)/u)
  if (aws === undefined) {
    absent.push('aws-cli')
  } else {
    await put(`aws-cli ${aws}`, 'aws', awsCli(stack))
  }

  const curlVersion = await version('curl', ['--version'], /^curl (\S+)/u)
  if (curlVersion === undefined) {
    absent.push('curl')
  } else if (!(await run('curl', ['--help', 'all'])).text.includes('--aws-sigv4')) {
    absent.push('curl with --aws-sigv4')
  } else {
    await put(`curl ${curlVersion}`, 'sh', curl(stack))
  }

  const found = await run(python, librariesOf)
  const libraries = found?.code === 0 ? JSON.parse(found.text) : {}
  if (found?.code !== 0) absent.push(`Python (${python})`)
  for (const name of ['boto3', 'paho.mqtt', 'awscrt']) if (!libraries[name]) absent.push(`Python library ${name}`)
  if (libraries.boto3) {
    await put(`boto3 ${libraries.boto3}`, python, boto3(stack))
    const paho = libraries['paho.mqtt']
    if (paho) {
      await put(`paho-mqtt ${paho}, MQTT 3.1.1`, python, mqtt('paho', '3')(stack))
      await put(`paho-mqtt ${paho}, MQTT 5`, python, mqtt('paho', '5')(stack))
    }
    if (libraries.awscrt) await put(`awscrt ${libraries.awscrt}, MQTT 3.1.1`, python, mqtt('awscrt', '3')(stack))
  }

  const mosquittoVersion = await version('mosquitto_sub', ['--help'], /mosquitto_sub version (\S+)/u)
  if (mosquittoVersion === undefined) {
    absent.push('mosquitto_sub')
  } else {
    const webSocket = /^ *--ws\b/mu.test((await run('mosquitto_sub', ['--help'])).text)
    // `env` runs its arguments, so that both programs fit in one table.
    await put(`mosquitto ${mosquittoVersion}`, 'env', mosquitto(webSocket)(stack))
  }
} finally {
  await stack.close()
}

console.log()
console.table(rows.map(({ answer: _, ...row }) => row))
for (const name of absent) console.log(`Not run: ${name} is not installed.`)
const wrong = rows.filter(({ right }) => right === 'NO').length
console.log(`${rows.length - wrong} of ${rows.length} results as expected.`)
process.exitCode = wrong === 0 && rows.length > 0 ? 0 : 1
