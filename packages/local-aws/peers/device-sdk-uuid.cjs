// What the device SDK's tests take from the package uuid.
exports.v4 = require('node:crypto').randomUUID
