import { request as requestPlain, Agent as PlainAgent, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as requestSecure, Agent as SecureAgent, type RequestOptions } from 'node:https'
import type { LookupFunction } from 'node:net'
import { dlq, type Outcome } from '@streamkeeper/pipeline'
import type { JudgeAddress } from './address-rules.js'
import { codeOf } from './code-of.js'
import { MediaHostError } from './media-host-error.js'
import { readAnswer, type WebQuestion } from './read-answer.js'
import { nameOfUrl } from './read-reference.js'
import { resolveHost, type HostAddress, type Resolve } from './resolve-host.js'
import { startStages, type StageTimes, type Stages } from './stages.js'

const largestHeader = 16 * 1024

export interface WebOptions {
  readonly resolve: Resolve
  readonly judge: JudgeAddress
  readonly times?: StageTimes
  /** PEM of the authority that is trusted in place of the known ones. */
  readonly ca?: string
}

/** Brings media from the web. Throws MediaHostError when the host fails in a way that may pass. */
export type FetchWeb = (question: WebQuestion) => Promise<Outcome<Buffer>>

/**
 * A fetcher that reaches only addresses that `judge` lets pass: the name is looked up once, and the connection takes the
 * very addresses that were judged. One request a connection, no redirect, no proxy, no compression.
 */
export function createFetchWeb({ resolve, judge, times, ca }: WebOptions): FetchWeb {
  // Own agents: the global one may be set to a proxy by the environment. They keep TLS sessions, no sockets.
  const agents = { 'http:': new PlainAgent(), 'https:': new SecureAgent(ca === undefined ? {} : { ca }) }
  return async (question) => {
    const { url, signal } = question
    const stages = startStages(signal, times)
    try {
      const addresses = await stages.within(resolveHost(url, { resolve, judge }))
      if (addresses.kind !== 'ok') return addresses
      const agent = url.protocol === 'http:' ? agents['http:'] : agents['https:']
      const answer = await ask(url, { agent, lookup: pinnedTo(addresses.value) }, stages)
      return await readAnswer(answer, question)
    } catch (error) {
      signal.throwIfAborted()
      const failure = judgeFailure(error, url, stages)
      if (!(failure instanceof MediaHostError)) return failure
      failure.host = url.host
      throw failure
    } finally {
      stages.end()
    }
  }
}

/** Answers with what was judged, whatever is asked: nothing is looked up again. */
function pinnedTo(addresses: readonly HostAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses
    if (all === true) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }
}

function ask(url: URL, how: Pick<RequestOptions, 'agent' | 'lookup'>, stages: Stages): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isPlain = url.protocol === 'http:'
    const request = (isPlain ? requestPlain : requestSecure)({
      ...how,
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? undefined : url.port,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'streamkeeper', connection: 'close' },
      maxHeaderSize: largestHeader,
      insecureHTTPParser: false,
      rejectUnauthorized: true,
    })
    follow(request, stages, isPlain ? 'connect' : 'secureConnect')
    // Not once: a second error that nobody hears would end the process.
    request.on('error', reject)
    request.once('response', (answer) => {
      stages.answered(answer)
      resolve(answer)
    })
    // A host that wants to speak another protocol is not followed; without a listener the socket would only close.
    request.once('upgrade', (_answer, socket) => {
      socket.destroy()
      reject(new MediaHostError('answered 101', 'media'))
    })
    request.end()
  })
}

function follow(request: ClientRequest, stages: Stages, connected: 'connect' | 'secureConnect'): void {
  stages.began(request)
  request.once('socket', (socket) => socket.once(connected, () => stages.connected()))
}

/** Names of OpenSSL and Node for a certificate that does not vouch for the host. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ISSUER|HOSTNAME_MISMATCH/

/** A failure that lasts as an outcome, one that may pass as an error. */
function judgeFailure(error: unknown, url: URL, stages: Stages): Outcome<never> | MediaHostError {
  if (error instanceof MediaHostError) return error
  const code = codeOf(error)
  const name = nameOfUrl(url)
  if (untrusted.test(code))
    return dlq('MEDIA_URL_NOT_ALLOWED', `data.url: ${name}: the certificate of the host does not hold (${code})`)
  if (code.startsWith('HPE_'))
    return dlq('MEDIA_MISSING', `data.url: ${name}: the host does not answer as HTTP (${code})`)
  const about = stages.isConnected ? 'media' : 'host'
  return new MediaHostError(`the connection failed (${code === '' ? 'no code' : code})`, about, { cause: error })
}
