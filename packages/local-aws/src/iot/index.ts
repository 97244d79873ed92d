export { type ConnectionFacts, type IotDataPlane, type IotOptions, startIot } from './iot.js'
export { DEFAULT_LIMITS, type Limits } from './limits.js'
export { type Confidence, SWITCHES, type SwitchDefinition, type Switches } from './switches.js'
