import config from './jest.config.mjs'

/** Tests that take minutes: one after the other, `*.long.ts`. @type {import('jest').Config} */
export default {
  ...config,
  roots: [...config.roots, '<rootDir>/consumers/dist'],
  testMatch: ['**/dist/**/*.long.js'],
  maxWorkers: 1,
  testTimeout: 300_000,
}
