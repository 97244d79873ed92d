/**
 * Allows pages of any origin to read a response: as observed from AWS IoT Core's gateway with refused handshakes. Reports that its HTTPS API
 * responds to pages: aws/aws-sdk-js#3014 and aws/aws-iot-device-sdk-js#71.
 */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-ErrorMessage, x-amzn-RequestId, x-amzn-ErrorType, Date',
} as const

/**
 * The response to a preflight request, which is unsigned. Headers as in aws/aws-sdk-js#2258 for AWS IoT, plus those that the SDK for
 * JavaScript sends (aws/aws-sdk-js-v3#1376) and those of the operations; AWS's complete list is not known.
 */
export const preflightHeaders = {
  ...corsHeaders,
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers': [
    'Authorization',
    'Content-Type',
    'X-Amz-Date',
    'X-Amz-Security-Token',
    'X-Amz-Content-Sha256',
    'X-Amz-User-Agent',
    'x-amzn-iot-principal',
    'amz-sdk-invocation-id',
    'amz-sdk-request',
    'x-amz-mqtt5-user-properties',
    'x-amz-mqtt5-payload-format-indicator',
    'x-amz-mqtt5-correlation-data',
  ].join(', '),
} as const
