export { type Switches, switchDefinitions } from './access/switches.js'
export { type IotDataPlane, type IotOptions, startIot } from './iot.js'
