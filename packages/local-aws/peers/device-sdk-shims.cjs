// What the device SDK's tests take from packages that are not installed: uuid, and https-proxy-agent, which only tests with a proxy use.
exports.v4 = require('node:crypto').randomUUID
exports.HttpsProxyAgent = class {}
