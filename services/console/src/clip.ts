import type { MediaType } from '@streamkeeper/contracts'
import type { SegmentRow } from '@streamkeeper/database'

/** An evidence clip shows so much before a hit and after it. */
const clipBeforeMs = 20_000
const clipAfterMs = 10_000

/** Stretch of stream time that the clip of a hit shows. */
export function clipRange(hitMs: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: Math.max(0, hitMs - clipBeforeMs), toMs: hitMs + clipAfterMs }
}

/** Containers that a browser plays as they are; others would have to be encoded anew. */
export function isPlayable(mediaType: MediaType): boolean {
  return mediaType === 'video/mp2t' || mediaType === 'video/mp4'
}

export interface PlaylistOptions {
  readonly segments: readonly Pick<SegmentRow, 'sequence' | 'durationMs' | 'mediaType'>[]
  /** Nothing more will come: the stream has ended or goes beyond the clip. */
  readonly isWhole: boolean
  /** Address of a part of a segment. */
  readonly addressOf: (sequence: number, part: 'whole' | 'init' | 'media') => string
}

/** An HLS media playlist (RFC 8216) of the segments as they came: nothing is encoded anew. */
export function renderPlaylist({ segments, isWhole, addressOf }: PlaylistOptions): string {
  const longest = Math.max(1, ...segments.map(({ durationMs }) => Math.ceil(durationMs / 1000)))
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${longest}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.sequence ?? 0}`,
    `#EXT-X-PLAYLIST-TYPE:${isWhole ? 'VOD' : 'EVENT'}`,
    '#EXT-X-START:TIME-OFFSET=0',
  ]
  let expected = segments[0]?.sequence
  for (const { sequence, durationMs, mediaType } of segments) {
    // A gap in the sequence is a jump of time stamps: the player must start anew there.
    if (sequence !== expected) lines.push('#EXT-X-DISCONTINUITY')
    expected = sequence + 1
    const isFragmented = mediaType === 'video/mp4'
    if (isFragmented) lines.push(`#EXT-X-MAP:URI="${addressOf(sequence, 'init')}"`)
    lines.push(`#EXTINF:${(durationMs / 1000).toFixed(3)},`, addressOf(sequence, isFragmented ? 'media' : 'whole'))
  }
  if (isWhole) lines.push('#EXT-X-ENDLIST')
  return `${lines.join('\n')}\n`
}

/** Where the fragments of an MP4 begin: what stands before is its init segment. null when it has none (ISO/IEC 14496-12). */
export function findFragments(bytes: Buffer): number | null {
  for (let at = 0; at + 8 <= bytes.length;) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (type === 'moof' || type === 'styp' || type === 'sidx') return at
    const size = boxSize(bytes, at)
    if (size < 8) return null
    at += size
  }
  return null
}

function boxSize(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at)
  if (size !== 1) return size
  return at + 16 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 8)) : 0
}
