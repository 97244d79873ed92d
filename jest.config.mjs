/**
 * Tests run as compiled by tsc, without a transform: what is tested is what ships. TypeScript 7 has no API for a transform, and some packages
 * are ESM only. A test whose source was deleted stays in `dist`, so `npm test` begins with a clean build.
 *
 * @type {import('jest').Config}
 */
export default {
  roots: ['<rootDir>/packages', '<rootDir>/infra', '<rootDir>/bench'],
  testMatch: ['**/dist/**/*.test.js', '**/dist/**/*.integ.js'],
  transform: {},
  globalSetup: '<rootDir>/scripts/bundle-functions.js',
  maxWorkers: '100%',
  // A worker keeps the modules of every suite that it ran: without a limit it collects garbage in more than a gigabyte towards the end.
  workerIdleMemoryLimit: '512MB',
  // Room for a machine that does other things besides, and for a client that waits 10 to 11 s after a second refused CONNECT.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/scripts/jest-summary.js'],
}
