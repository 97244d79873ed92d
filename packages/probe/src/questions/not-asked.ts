/** Open questions that the probe does not ask, with the reason. */
export const notAsked: readonly { readonly what: string; readonly why: string }[] = [
  {
    what: 'the maximum lifetime of a connection (the stand-in: 24 hours)',
    why: 'it takes a day',
  },
  {
    what: 'when the session of a disconnected client expires (the stand-in: exactly on time; AWS: up to half an hour later)',
    why: 'it takes more than an hour and a half',
  },
  {
    what: 'the quotas of the account: CONNECT packets per second, STS requests per second, connections',
    why: 'using them up would affect all other users of the account',
  },
  {
    what: 'when AWS IoT sends an unacknowledged message again on an open connection',
    why: 'AWS documents no interval, so waiting half an hour would prove nothing',
  },
  {
    what: 'how an HTTP API decodes paths, and its response when Lambda is not available',
    why: 'no switch of the stand-in depends on the first; the second cannot be caused on purpose',
  },
  {
    what: 'the contents of the log group AWSIotLogsV2',
    why: 'logging is a setting of the whole account, which the probe must not change',
  },
]
