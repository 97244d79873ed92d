export { type Switches, switchDefinitions } from './access/switches.js'
export type { Message as MqttMessage } from './broker/message.js'
export { type ConnectionFacts, type IotDataPlane, type IotOptions, startIot } from './iot.js'
export type { DeliveryOutcome, ObservedDecision, Observer } from './observer.js'
