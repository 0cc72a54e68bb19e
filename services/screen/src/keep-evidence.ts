import type { SegmentAccepted, SignalRaised, SpoolReference } from '@streamkeeper/contracts'
import { encodePreview, encodeStill, type Picture } from '@streamkeeper/media'
import type { MediaDeps } from './deps.js'
import type { Look } from './steps/look-at-picture.js'

interface Seen {
  readonly segment: SegmentAccepted
  readonly picture: Picture
  readonly look: Look
}

/** Keeps the picture of a hit as a still and as a blurred preview, by digest, and names them in the signals. */
export async function keepEvidence(
  { spool }: Pick<MediaDeps, 'spool'>,
  { segment, picture, look }: Seen,
): Promise<SignalRaised[]> {
  const [still, preview] = await Promise.all([
    encodeStill(picture).then((encoded) => keep(spool, encoded)),
    encodePreview(picture).then((encoded) => keep(spool, encoded)),
  ])
  const evidence = {
    still,
    preview,
    sequence: segment.sequence,
    ...(look.codes.length === 0 ? {} : { codes: look.codes.map((code) => code.slice(0, 1_000)).slice(0, 20) }),
  }
  return look.signals.map((signal) => ({ ...signal, evidence: { ...signal.evidence, ...evidence } }))
}

async function keep(
  spool: MediaDeps['spool'],
  { jpeg, sha256 }: { readonly jpeg: Buffer; readonly sha256: string },
): Promise<SpoolReference> {
  const key = `evidence/${sha256}.jpg`
  await spool.put(key, jpeg, { contentType: 'image/jpeg', ifAbsent: true })
  return { key, sha256, size: jpeg.length }
}
