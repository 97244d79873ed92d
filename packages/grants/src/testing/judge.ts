import { evaluate } from '@topic-credentials/local-aws/iam'
import type { AccessRequest } from '../explain.js'
import { usualDenials, wholeAccount } from './role.js'

const account = 'arn:aws:iot:eu-west-1:123456789012:'

/** Whether IAM, as implemented by the stand-in, allows the request with this session policy. Shares no code with the compiler. */
export function judge(sessionPolicy: string, ceiling: object = wholeAccount): (request: AccessRequest) => boolean {
  const policies = {
    identity: [
      { name: 'ceiling', document: ceiling },
      { name: 'denials', document: usualDenials },
    ],
    session: [{ name: 'session policy', document: JSON.parse(sessionPolicy) as object }],
  }
  const may = (action: string, resource: string) =>
    evaluate({ action, resource: account + resource }, policies).outcome === 'Allowed'
  return (request) => {
    switch (request.action) {
      case 'connect':
        return may('iot:Connect', `client/${request.clientId}`)
      case 'subscribe':
        return may('iot:Subscribe', `topicfilter/${request.filter}`)
      case 'receive':
        return may('iot:Receive', `topic/${request.topic}`)
      case 'publish': {
        const publishes = may('iot:Publish', `topic/${request.topic}`)
        return publishes && (!request.retain || may('iot:RetainPublish', `topic/${request.topic}`))
      }
    }
  }
}

/** Whether AWS IoT accepts the names in the request. Written from its limits page, independent of the code under test. */
export function isTakenByAws(request: AccessRequest): boolean {
  switch (request.action) {
    case 'connect':
      return Buffer.byteLength(request.clientId) <= 128 && request.clientId !== ''
    case 'subscribe':
      return isFilter(request.filter)
    case 'receive':
    case 'publish':
      return (
        request.topic !== '' &&
        !/[+#]/u.test(request.topic) &&
        isSized(request.topic.replace(/^\$aws\/rules\/[^/]*\//u, ''))
      )
  }
}

function isFilter(filter: string): boolean {
  const shared = filter === '$share' || filter.startsWith('$share/')
  if (shared && !/^\$share\/[^/+#]{1,128}\/./su.test(filter)) return false
  const inner = shared ? filter.split('/').slice(2).join('/') : filter
  if (inner === '' || inner === '$share' || inner.startsWith('$share/')) return false
  return (
    /^([^+#/]*|\+)(\/([^+#/]*|\+))*(\/#)?$|^#$/su.test(inner) && isSized(inner.replace(/^\$aws\/rules\/[^/]*\//u, ''))
  )
}

function isSized(name: string): boolean {
  return Buffer.byteLength(name) <= 256 && (name.match(/\//gu)?.length ?? 0) <= 7
}
