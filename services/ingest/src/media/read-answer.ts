import type { IncomingMessage } from 'node:http'
import { dlq, ok, type Outcome } from '@streamkeeper/pipeline'
import { largestMedia } from './limits.js'
import { MediaHostError } from './media-host-error.js'
import { nameOfUrl } from './read-reference.js'

/** What is asked of a host: at most `size` bytes, the length that the segment declares. */
export interface WebQuestion {
  readonly url: URL
  readonly size: number
  readonly signal: AbortSignal
}

/** Answers that pass by waiting; all of 5xx do too. */
const passing = new Set([408, 425, 429])

/** The body of a 200, as it is, no longer than the segment declares. Throws MediaHostError for what may pass. */
export async function readAnswer(answer: IncomingMessage, question: WebQuestion): Promise<Outcome<Buffer>> {
  const refused = judgeHead(answer, question)
  if (refused !== null) return refused
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > question.size) return tooLong(question, length)
    chunks.push(chunk)
  }
  return ok(Buffer.concat(chunks))
}

function judgeHead({ statusCode = 0, headers }: IncomingMessage, question: WebQuestion): Outcome<never> | null {
  const name = nameOfUrl(question.url)
  if (passing.has(statusCode) || statusCode >= 500) throw new MediaHostError(`answered ${statusCode}`, 'media')
  if (statusCode >= 300 && statusCode < 400)
    return dlq(
      'MEDIA_URL_NOT_ALLOWED',
      `data.url: ${name} redirects (${statusCode}), which is not followed; publish the last url`,
    )
  if (statusCode !== 200) return dlq('MEDIA_MISSING', `data.url: ${name} answered ${statusCode}`)
  return judgeBody(headers, question)
}

/** What the head says of the body. A compressed one is not taken: a few bytes of it may stand for any number. */
function judgeBody(headers: IncomingMessage['headers'], question: WebQuestion): Outcome<never> | null {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    const name = nameOfUrl(question.url)
    return dlq('MEDIA_URL_NOT_ALLOWED', `data.url: ${name} is served with a content-encoding; serve media as it is`)
  }
  const declared = Number(headers['content-length'] ?? 0)
  return declared > question.size ? tooLong(question, declared) : null
}

/** `length`: what was declared, or has come so far. */
function tooLong({ url, size }: WebQuestion, length: number): Outcome<never> {
  const name = nameOfUrl(url)
  return length > largestMedia
    ? dlq('VALUE_TOO_LARGE', `data.url: ${name} has more than ${largestMedia} bytes`)
    : dlq('SIZE_MISMATCH', `data.size: ${size}, but ${name} has at least ${length} bytes`)
}
