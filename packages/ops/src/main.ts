#!/usr/bin/env node
// One name for what operators do. Each command line is its package's own; only what is asked for is loaded.

const usage = `Usage: topic-credentials-ops <command> [words]

Commands:
  revoke   takes a user's access away at once: live sessions, new credentials, connections
  access   who may have what, without a deployment: the grants in the access table
  check    proves what vended credentials can and cannot do in the stack as it is now

Each works on the stack of cdk-outputs.json in this folder or above it, else on the stand-in that runs here; --outputs FILE names another
one. They sign with your AWS credentials. More: topic-credentials-ops <command> --help
`

const [command, ...words] = process.argv.slice(2)
process.argv.splice(2, process.argv.length, ...words)
switch (command) {
  case 'revoke':
    await import('@topic-credentials/revocation/cli/revoke')
    break
  case 'access':
    await import('@topic-credentials/revocation/cli/access')
    break
  case 'check':
    await import('@topic-credentials/deploy-check/cli')
    break
  case '--help':
  case '-h':
  case 'help':
    process.stdout.write(usage)
    break
  default:
    process.stderr.write(command === undefined ? usage : `There is no command '${command}'.\n\n${usage}`)
    process.exitCode = 2
}
