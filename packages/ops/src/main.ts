#!/usr/bin/env node
// The operators' commands under one name. Each command belongs to its own package and is loaded on demand.

const usage = `Usage: topic-credentials-ops <command> [arguments]

Commands:
  revoke   revokes the access of a user: existing sessions, new credentials, connections
  access   manages the grants in the access table, without a deployment
  check    runs the deploy check on the current stack
  probe    tests questions that AWS's documentation does not answer, in an AWS account

The first three use the stack of cdk-outputs.json in this folder or a parent folder, otherwise the running stand-in of this folder;
--outputs FILE selects another stack. All use your AWS credentials. For details: topic-credentials-ops <command> --help
`

// The pinned AWS SDK works on Node 20. Its warning, nine lines about later releases, does not concern the reader of a command's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

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
  case 'probe':
    await import('#probe')
    break
  case '--help':
  case '-h':
  case 'help':
    process.stdout.write(usage)
    break
  default:
    process.stderr.write(command === undefined ? usage : `Unknown command '${command}'.\n\n${usage}`)
    process.exitCode = 2
}
