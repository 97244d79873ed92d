// Jest's global set-up: what tests deploy is made of what was compiled last, however that was done.
import { bundleFunctions } from '../packages/cdk/scripts/bundle-functions.js'

export default bundleFunctions
