import { cpSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Architecture, Code, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import { ConstructError } from '../errors.js'

/**
 * The functions of the stack. This package contains each as one bundled module, so that no bundler runs during synthesis:
 * the vendor `index.mjs`, the deploy check `index.cjs` (MQTT.js is CommonJS, and could not load Node's own modules from an ES module).
 */
export type FunctionName = 'vendor' | 'deploy-check'

/** Written by `scripts/bundle-functions.js`: before packing, and in a checkout at each build. */
const carried = fileURLToPath(new URL('../../functions', import.meta.url))

/** The Lambda properties of both functions. */
export const runtimeProps = {
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  handler: 'index.handler',
  memorySize: 512,
  loggingFormat: LoggingFormat.JSON,
} as const

/**
 * Writes a function's code to a folder: the module, which exports `handler`, and `entitlements.json`. The same input produces the same bytes.
 *
 * @param folder an existing folder
 * @param entitlements a validated document
 * @returns the size of its module in bytes
 * @throws ConstructError `no_function` in a checkout that has not been built
 */
export function writeFunction(
  name: FunctionName,
  { folder, entitlements }: { readonly folder: string; readonly entitlements: object },
): { readonly bytes: number } {
  const module = name === 'vendor' ? 'index.mjs' : 'index.cjs'
  const source = join(carried, name, module)
  if (!existsSync(source)) {
    throw new ConstructError('no_function', `The code of the function ${name} is not in ${carried}`, {
      value: source,
      remedy: 'Run npm run build in this checkout.',
    })
  }
  cpSync(source, join(folder, module))
  writeFileSync(join(folder, 'entitlements.json'), JSON.stringify(entitlements))
  return { bytes: statSync(source).size }
}

/**
 * Calls `use` with a function's code, and removes the folder afterwards.
 *
 * Each call needs its own folder name: the CDK stages a folder once per path, so a second vendor in the same app would be deployed with the
 * entitlements of the first one.
 */
export function withFunctionCode<T>(name: FunctionName, entitlements: object, use: (code: Code) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'function-code-'))
  try {
    writeFunction(name, { folder, entitlements })
    return use(Code.fromAsset(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
