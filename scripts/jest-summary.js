/** Jest reporter: prints one summary line at the end. */
export default class Summary {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites }) {
    const failed = Math.max(numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites)
    process.stderr.write(`\n${numPassedTests} passed, ${failed} failed\n`)
  }
}
