/** What is open and is not asked, with the reason. */
export const notAsked: readonly { readonly what: string; readonly why: string }[] = [
  {
    what: 'how long a connection stands at most (the stand-in: 24 hours)',
    why: 'it takes a day',
  },
  {
    what: 'when sessions of clients end that are away (the stand-in: on the second; AWS: up to half an hour later)',
    why: 'it takes more than an hour and a half',
  },
  {
    what: 'the quotas of the account: CONNECTs a second, requests to STS a second, connections',
    why: 'to use them up disturbs everybody else in the account',
  },
  {
    what: 'when a message comes again on an open connection whose client did not acknowledge it',
    why: 'AWS names no interval, so that nothing can be concluded from a wait of half an hour',
  },
  {
    what: 'how an HTTP API decodes paths, and what it answers when Lambda is down',
    why: 'the first rests on no switch; the second cannot be brought about',
  },
  {
    what: 'what the service writes into AWSIotLogsV2',
    why: "logging is a setting of the whole account, and not the probe's to change",
  },
]
