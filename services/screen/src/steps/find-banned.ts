import type { Picture } from '@streamkeeper/media'
import { hashPicture, type PictureMatch } from '@streamkeeper/picture-hash'
import type { Hit } from '../eyes.js'
import type { PictureBank } from '../picture-banks.js'

const bits = 256

/** The banned pictures that a picture looks like, the nearest one of each label. */
export function findBanned({ bank, identity }: PictureBank, picture: Picture): Hit[] {
  const nearest = new Map<string, PictureMatch>()
  for (const match of bank.match(hashPicture(picture))) {
    const before = nearest.get(match.entry.category)
    if (before === undefined || match.distance < before.distance) nearest.set(match.entry.category, match)
  }
  return [...nearest.values()].map(({ entry, distance, mirrored }) => ({
    lane: 'hash',
    label: entry.category,
    score: 1 - distance / bits,
    severity: entry.severity,
    source: identity,
    evidence: { banned: { list: entry.source, note: entry.note, hash: entry.hash, distance, mirrored } },
  }))
}
