/** The session policy of the article on which this project is based: one topic, any client ID. */
export const articlePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Action: 'iot:Connect', Effect: 'Allow', Resource: '*' },
    { Action: ['iot:Publish', 'iot:Receive'], Effect: 'Allow', Resource: 'arn:aws:iot:*:*:topic/test' },
    { Action: ['iot:Subscribe'], Effect: 'Allow', Resource: 'arn:aws:iot:*:*:topicfilter/test' },
  ],
})
