import { createHash } from 'node:crypto'
import type { ObjectReader } from '@streamkeeper/engines'
import { dlq, ok, retry, type Deadline, type Outcome, type Step, type StepContext } from '@streamkeeper/pipeline'
import type { EventOfType } from '../accepted.js'
import type { Deps } from '../deps.js'
import { createAskInDoubt, giveUp } from '../media/ask-in-doubt.js'
import { createDoubts, type Doubts } from '../media/doubts.js'
import { largestMedia } from '../media/limits.js'
import { readMediaFile } from '../media/read-file.js'
import { readReference } from '../media/read-reference.js'
import type { Admitted } from './admit.js'

export type AdmittedSegment = Admitted<EventOfType<'live.segment.published'>>

export interface SegmentWithMedia extends AdmittedSegment {
  readonly bytes: Buffer
}

type MediaDeps = Pick<Deps, 'media' | 'now'>

/** A host of one stream that is away holds up its partition for so long, and not for ever. */
const waitForHostMs = 30_000

/** Brings the bytes of a segment, from the record or from where its url points, and checks size and digest. */
export function createFetchMediaStep({ media, now }: MediaDeps): Step<AdmittedSegment, SegmentWithMedia> {
  const doubts = createDoubts(now)
  const bring = createBring(media, doubts)
  return {
    name: 'fetch-media',
    run: async (segment, { signal }) => {
      const { bytes: inline, data } = segment.event
      const found = inline === undefined ? await bring(segment, signal) : ok(inline)
      if (found.kind !== 'ok') return found
      const bytes = found.value
      if (bytes.length !== data.size)
        return dlq('SIZE_MISMATCH', `data.size: ${data.size}, but there are ${bytes.length} bytes`)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (sha256 !== data.sha256)
        return dlq('DIGEST_MISMATCH', `data.sha256: ${data.sha256}, but the bytes have ${sha256}`)
      return ok({ ...segment, bytes })
    },
    deadline: hostDeadline(media, doubts),
  }
}

function createBring({ rules, fetchWeb, objects }: Deps['media'], doubts: Doubts) {
  const askWeb = createAskInDoubt(fetchWeb, doubts)
  return async ({ event }: AdmittedSegment, signal: StepContext['signal']): Promise<Outcome<Buffer>> => {
    const { url: text, size, streamId } = event.data
    if (text === undefined) return dlq('MEDIA_MISSING', 'data.url: there is neither a url nor media in the record')
    const reference = readReference(text, rules)
    if (reference.kind !== 'ok') return reference
    const place = reference.value
    if (place.kind === 'file') return readMediaFile(place.root, place.path)
    if (place.kind === 'web') return askWeb({ url: place.url, size, streamId, signal })
    return judgeRead(await objects.read(place, { maxBytes: largestMedia, signal }))
  }
}

function judgeRead(read: Awaited<ReturnType<ObjectReader['read']>>): Outcome<Buffer> {
  if (read.kind === 'found') return ok(read.bytes)
  if (read.kind === 'too-large')
    return dlq('VALUE_TOO_LARGE', `data.url: the object has ${read.size} bytes, at most ${largestMedia}`)
  return dlq('MEDIA_MISSING', `data.url: the store does not give the object (${read.reason})`)
}

/** Only what lies with others has a time. Our own store and disk are waited for: the spool needs them as well. */
function hostDeadline({ rules }: Deps['media'], doubts: Doubts): Deadline<AdmittedSegment, SegmentWithMedia> {
  return {
    giveUpAfterMs: waitForHostMs,
    orElse: ({ event }, late) => {
      const { url: text = '', streamId } = event.data
      const reference = readReference(text, rules)
      if (reference.kind !== 'ok' || reference.value.kind !== 'web') return retry(late)
      return giveUp(doubts, { url: reference.value.url, streamId }, late.cause)
    },
  }
}
