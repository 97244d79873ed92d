import { type ConnectOptions, connect } from '../../connect.js'
import type { VendedCredentialsProvider } from '../../credentials/provider.js'
import type { Session } from '../../session.js'
import type { Context } from '../command.js'
import type { ConnectionOptions } from '../options.js'
import { readCertificates } from './target.js'

/** Connects with the given options and shows a spinner meanwhile. */
export async function connection(
  { target, options, screen, signal }: Context,
  { mqtt, transport, endpoint, verbose }: ConnectionOptions,
  credentials: VendedCredentialsProvider,
  more: Pick<ConnectOptions, 'revalidateSeconds'> = {},
): Promise<Session> {
  const ca = options.ca === undefined ? target.ca : readCertificates(options.ca)
  if (verbose === true && transport !== 'websocket') await logTheSdk()
  screen.working('Connecting')
  try {
    return await connect({
      credentials,
      ...more,
      mqtt,
      signal,
      ...(transport === undefined ? {} : { transport }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(options.region === undefined ? {} : { region: options.region }),
      ...(ca === undefined ? {} : { ca }),
    })
  } finally {
    screen.clear()
  }
}

/** Level INFO at most: from DEBUG on, the SDK logs the path of the handshake, which contains the session token. */
async function logTheSdk(): Promise<void> {
  const { io } = await import('aws-iot-device-sdk-v2')
  io.enable_logging(io.LogLevel.INFO)
}
