import { parseShared } from './topic.js'

/**
 * Reserved topics by the operations that clients may perform, with names replaced by `+`. Of AWS's own services only the lifecycle events of
 * clients are modelled: other messages to these topics have no effect, and no others arrive.
 * https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
 */
const reservedTopics = {
  publish: [
    '$aws/rules/+',
    '$aws/rules/+/#', // Basic Ingest
    '$aws/certificates/create/+',
    '$aws/certificates/create-from-csr/+',
    '$aws/provisioning-templates/+/provision/+',
    '$aws/things/+/defender/metrics/+',
    '$aws/things/+/jobs/get',
    '$aws/things/+/jobs/start-next',
    '$aws/things/+/jobs/+/get',
    '$aws/things/+/jobs/+/update',
    '$aws/things/+/streams/+/get/+',
    '$aws/things/+/streams/+/describe/+',
    ...shadowTopics(['get', 'update', 'delete']),
  ],
  subscribe: [
    '$aws/events/#',
    '$aws/sitewise/asset-models/+/assets/+/properties/+',
    ...answersTo('$aws/certificates/create/+', '$aws/certificates/create-from-csr/+'),
    ...answersTo('$aws/provisioning-templates/+/provision/+', '$aws/things/+/defender/metrics/+'),
    ...answersTo('$aws/things/+/jobs/get', '$aws/things/+/jobs/start-next'),
    ...answersTo('$aws/things/+/jobs/+/get', '$aws/things/+/jobs/+/update'),
    '$aws/things/+/jobs/notify',
    '$aws/things/+/jobs/notify-next',
    '$aws/things/+/streams/+/data/+',
    '$aws/things/+/streams/+/description/+',
    '$aws/things/+/streams/+/rejected/+',
    '$aws/things/+/tunnels/notify',
    ...shadowTopics(['get', 'update', 'delete', 'update/delta', 'update/documents']),
    ...answersTo(...shadowTopics(['get', 'update', 'delete'])),
  ],
} as const

function shadowTopics(operations: readonly string[]): string[] {
  return ['$aws/things/+/shadow', '$aws/things/+/shadow/name/+'].flatMap((shadow) =>
    operations.map((operation) => `${shadow}/${operation}`),
  )
}

function answersTo(...requests: readonly string[]): string[] {
  return requests.flatMap((request) => [`${request}/accepted`, `${request}/rejected`])
}

/** Why AWS does not allow clients to use this name in this way, or undefined; names without a leading `$` are always allowed. */
export function reservedFault(name: string, use: 'publish' | 'subscribe', retain = false): string | undefined {
  if (!name.startsWith('$')) return undefined
  const shared = use === 'subscribe' ? parseShared(name) : undefined
  if (shared !== undefined) return reservedFault(shared.filter, use)
  const levels = name.split('/')
  if (!reservedTopics[use].some((reserved) => overlap(levels, reserved.split('/')))) {
    return `${name} is a reserved topic that clients cannot ${use} to`
  }
  return retain ? 'reserved topics take no retained messages' : undefined
}

/** Whether some topic matches both filters. */
function overlap([one, ...others]: readonly string[], [two, ...rest]: readonly string[]): boolean {
  if (one === '#' || two === '#') return one !== undefined && two !== undefined
  if (one === undefined || two === undefined) return one === two
  return (one === '+' || two === '+' || one === two) && overlap(others, rest)
}
