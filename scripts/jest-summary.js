/** Jest reporter: ends the run with one plain line. */
export default class Summary {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites }) {
    const failed = Math.max(numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites)
    process.stderr.write(`\n${numPassedTests} passed, ${failed} failed\n`)
  }
}
