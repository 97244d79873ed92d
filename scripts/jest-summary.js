/** Suites of this many seconds or more are listed. */
const slow = 15

/** Jest reporter that lists slow suites and ends the run with one line. */
export default class Summary {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites, testResults } = results
    const seconds = ({ perfStats }) => Math.round((perfStats.end - perfStats.start) / 1000)
    const named = testResults
      .map((suite) => ({ took: seconds(suite), name: suite.testFilePath.slice(process.cwd().length + 1) }))
      .filter(({ took }) => took >= slow)
      .sort((a, b) => b.took - a.took)
    const failed = Math.max(numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites)
    const lines = named.map(({ took, name }) => `${String(took).padStart(5)} s  ${name}\n`).join('')
    if (named.length > 0) process.stderr.write(`\n${slow} seconds and more:\n${lines}`)
    process.stderr.write(`\n${numPassedTests} passed, ${failed} failed\n`)
  }
}
