export { defaultLimits, type Limits } from './access/limits.js'
export { type Confidence, type SwitchDefinition, type Switches, switchDefinitions } from './access/switches.js'
export { type ConnectionFacts, type IotDataPlane, type IotOptions, startIot } from './iot.js'
