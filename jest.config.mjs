/** Tests run as compiled: what is tested is what ships, and no second compiler takes part. @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/packages', '<rootDir>/infra'],
  testMatch: ['**/dist/**/*.test.js', '**/dist/**/*.integ.js'],
  transform: {},
  reporters: ['default', '<rootDir>/scripts/jest-summary.js'],
}
