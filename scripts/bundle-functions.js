// Jest's global setup: bundles the functions from the latest compiled code, so that tests deploy it however it was compiled.
import { bundleFunctions } from '../packages/cdk/scripts/bundle-functions.js'

export default bundleFunctions
