/**
 * A topic to publish to. If it is a literal in the program, the compiler refuses wildcards and the empty topic. A topic that is only known
 * at run time is checked against the grants then.
 *
 * @example session.publish('devices/1/state', 'on') // compiles
 * session.publish('devices/+/state', 'on')          // does not
 */
export type TopicName<Text extends string> = string extends Text
  ? Text
  : Text extends '' | `${string}+${string}` | `${string}#${string}`
    ? never
    : Text

/** A topic filter. In a literal, `+` must be a whole level and `#` the whole last one. [MQTT-4.7.1-1, -2] */
export type TopicFilter<Text extends string> = string extends Text ? Text : IsFilter<Text> extends true ? Text : never

type IsFilter<Text extends string> = Text extends `${infer Level}/${infer Rest}`
  ? Level extends '+' | WithoutWildcard<Level>
    ? IsFilter<Rest>
    : false
  : Text extends ''
    ? false
    : Text extends '#' | '+' | WithoutWildcard<Text>
      ? true
      : false

type WithoutWildcard<Level extends string> = Level extends `${string}+${string}` | `${string}#${string}` ? never : Level
