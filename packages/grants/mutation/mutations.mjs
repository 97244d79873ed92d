/**
 * Ways to break the compiler. Each replaces one text of the compiled source by another; the tests must notice every one.
 *
 * @type {readonly { readonly name: string, readonly file: string, readonly from: string, readonly to: string }[]}
 */
export const mutations = [
  {
    name: 'topics are allowed where topic filters belong',
    file: 'iam/form.js',
    from: "sessionArn(partition, 'topicfilter', allow)",
    to: "sessionArn(partition, 'topic', allow)",
  },
  {
    name: 'the Deny for deeper names is dropped',
    file: 'iam/allowance.js',
    from: 'if (!open && firstPlus >= 0)',
    to: 'if (false)',
  },
  {
    name: 'a/+ also allows the filter a/#',
    file: 'iam/allowance.js',
    from: "if (type === 'topicfilter' && levels.at(-1) === '+')",
    to: 'if (false)',
  },
  {
    name: 'leading wildcards reach $-topics',
    file: 'iam/allowance.js',
    from: 'if (globs[0] === STAR)',
    to: 'if (false)',
  },
  { name: '* in a name stays a wildcard', file: 'iam/glob.js', from: '/[*?]|', to: '/[?]|' },
  { name: '? in a name stays a wildcard', file: 'iam/glob.js', from: '/[*?]|', to: '/[*]|' },
  { name: '${ in a name stays a variable', file: 'iam/glob.js', from: '|\\$(?=[{*?$])', to: '' },
  {
    name: 'the guard against colons is dropped',
    file: 'iam/plain-form.js',
    from: '...reserved.Resource, ',
    to: "'arn:aws:iot:*:*:x',",
  },
  {
    name: 'a + before further levels and # is let through',
    file: 'iam/allowance.js',
    from: 'if (open && firstPlus >= 0 &&',
    to: 'if (false && ',
  },
  {
    name: 'a Deny may cut into a grant',
    file: 'iam/denials.js',
    from: '!patterns.some((pattern) => firstCut(right, pattern))',
    to: 'true',
  },
  {
    name: 'a Deny reaches actions that it harms',
    file: 'iam/denials.js',
    from: 'rights.filter((right) => !firstCut(right, { type, glob }))',
    to: 'rights',
  },
  {
    name: 'the dense form forgets what is deeper',
    file: 'iam/dense-needs.js',
    from: '[...below, [any(deeper([], levels.length))]],',
    to: '',
  },
  {
    name: 'the dense form cuts into grants',
    file: 'iam/dense-needs.js',
    from: 'patterns.every(harmless)',
    to: 'true',
  },
  {
    name: 'the dense form puts iot:Connect under ARNs of any type',
    file: 'iam/dense-form.js',
    from: 'allowStatement(first, subscribe)',
    to: 'allowStatement(first, subscribe, connectBlock(scope))',
  },
  {
    name: 'the dense Deny reaches iot:Connect',
    file: 'iam/dense-form.js',
    from: "NotAction: 'iot:Connect'",
    to: "Action: '*'",
  },
  { name: 'a client ID may continue the user ID', file: 'user-id.js', from: '}:`', to: '}`' },
  {
    name: 'iot:Receive goes with iot:Publish',
    file: 'iam/rights.js',
    from: "'topic', received]",
    to: "'topic', grants.publish]",
  },
  {
    name: 'retain is taken from publish',
    file: 'iam/rights.js',
    from: "'topic', grants.retain]",
    to: "'topic', grants.publish]",
  },
  {
    name: 'entries share a statement that allows more than they need',
    file: 'iam/packing.js',
    from: 'actions.every((action) => harmless.has(action))',
    to: 'true',
  },
  {
    name: '$share/g/f is allowed as f',
    file: 'iam/allowance.js',
    from: '`$share/${group}/` : ',
    to: "'' : ",
  },
  {
    name: 'a/# matches a',
    file: 'mqtt-matching.js',
    from: 'return levels.length > index',
    to: 'return levels.length >= index',
  },
  {
    name: 'characters beyond Latin-1 are written as they are',
    file: 'iam/policy-document.js',
    from: '/[\\u0100-\\uffff]/g',
    to: '/[\\uffff]/g',
  },
  {
    name: 'a claim with a slash becomes structure',
    file: 'entitlements/template.js',
    from: '/[/+#\\0]/u',
    to: '/[\\0]/u',
  },
  {
    name: 'the ceiling forgets shared subscriptions',
    file: 'entitlements/ceiling.js',
    from: "type === 'topic' || ",
    to: '!!type || ',
  },
]
