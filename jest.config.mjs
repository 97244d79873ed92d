/** Tests run as compiled: what is tested is what ships, and no second compiler takes part. @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/packages', '<rootDir>/infra', '<rootDir>/bench'],
  testMatch: ['**/dist/**/*.test.js', '**/dist/**/*.integ.js'],
  transform: {},
  maxWorkers: '100%',
  // Room for a machine that does other things besides; nothing waits for this on purpose.
  testTimeout: 20_000,
  reporters: ['default', '<rootDir>/scripts/jest-summary.js'],
}
