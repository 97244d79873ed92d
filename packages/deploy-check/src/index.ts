export type { CheckEnvironment } from './environment.js'
export { chooseTopics, type TestTopics } from './trials/test-topics.js'
