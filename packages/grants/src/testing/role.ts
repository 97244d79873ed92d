const head = 'arn:aws:iot:eu-west-1:123456789012:'
const types = ['client', 'topic', 'topicfilter']

/** What every topic role denies to everybody. */
export const usualDenials = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Deny', Action: '*', Resource: types.flatMap((type) => types.map((end) => `${head}${type}/*:${end}/*`)) },
    { Effect: 'Deny', Action: 'iot:Connect', Resource: [`${head}client/*#*`, `${head}client/*+*`] },
  ],
}

/** The widest ceiling. */
export const wholeAccount = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: `${head}*` }],
}

/** The policies of a topic role, so that the session policy alone decides. */
export const usualRole = [wholeAccount, usualDenials]
