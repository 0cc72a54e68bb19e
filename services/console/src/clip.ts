import type { MediaType } from '@streamkeeper/contracts'
import type { SegmentRow } from '@streamkeeper/database'

/** An evidence clip shows so much before a hit and after it. */
const clipBeforeMs = 20_000
const clipAfterMs = 10_000

export interface ClipRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Stretch of stream time that the clip of a hit shows. `endMs`: where the stream ended, when it has: no clip goes beyond. */
export function clipRange(hitMs: number, endMs: number | null): ClipRange {
  // Chat goes on after the picture: such a hit shows the end.
  const hit = endMs === null ? hitMs : Math.min(hitMs, endMs)
  const toMs = hit + clipAfterMs
  return { fromMs: Math.max(0, hit - clipBeforeMs), toMs: endMs === null ? toMs : Math.min(toMs, endMs) }
}

/** Containers that a browser plays as they are; others would have to be encoded anew. */
export function isPlayable(mediaType: MediaType): boolean {
  return mediaType === 'video/mp2t' || mediaType === 'video/mp4'
}

type ClipSegment = Pick<SegmentRow, 'sequence' | 'streamTimeMs' | 'durationMs' | 'mediaType' | 'discontinuity'>

/**
 * The segments in a row of one container that hold the hit, or the nearest where none does: behind an MP4, whose init segment
 * counts for all that follows, no player takes MPEG-TS. In sequence, as they are given.
 */
export function sameKindAround<Listed extends Pick<ClipSegment, 'streamTimeMs' | 'durationMs' | 'mediaType'>>(
  segments: readonly Listed[],
  hitMs: number,
): Listed[] {
  const distances = segments.map((segment) => Math.max(segment.streamTimeMs - hitMs, hitMs - endOf(segment) + 1, 0))
  const at = distances.indexOf(Math.min(...distances))
  const isOther = ({ mediaType }: Listed): boolean => mediaType !== segments[at]?.mediaType
  const before = segments.slice(0, at + 1).findLastIndex(isOther)
  const after = segments.findIndex((segment, place) => place > at && isOther(segment))
  return segments.slice(before + 1, after === -1 ? segments.length : after)
}

/** Shorter holes are the rounding of an encoder's clock, less than four pictures. */
const shortestGapMs = 100

export interface PlaylistOptions {
  readonly segments: readonly ClipSegment[]
  readonly range: ClipRange
  /** Nothing more will come: the stream has ended or goes beyond the clip. */
  readonly isWhole: boolean
  /** Address of a part of a segment. */
  readonly addressOf: (sequence: number, part: 'whole' | 'init' | 'media') => string
}

/**
 * An HLS media playlist (RFC 8216) of the segments as they came: nothing is encoded anew. What is missing of the range stands in
 * the title of the segment beside it, e.g. `missing 8000 ms before`.
 */
export function renderPlaylist({ segments, range, isWhole, addressOf }: PlaylistOptions): string {
  const longest = Math.max(1, ...segments.map(({ durationMs }) => Math.ceil(durationMs / 1000)))
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${longest}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.sequence ?? 0}`,
    `#EXT-X-PLAYLIST-TYPE:${isWhole ? 'VOD' : 'EVENT'}`,
    '#EXT-X-START:TIME-OFFSET=0',
  ]
  const titles = titlesOf(segments, range, isWhole)
  for (const [at, segment] of segments.entries()) {
    const before = segments[at - 1]
    // A gap is a jump of time stamps: the player must start anew there, and where the stream says so.
    if (before !== undefined && isCut(before, segment)) lines.push('#EXT-X-DISCONTINUITY')
    lines.push(...linesOf(segment, titles[at] ?? '', addressOf))
  }
  if (isWhole) lines.push('#EXT-X-ENDLIST')
  return `${lines.join('\n')}\n`
}

function linesOf(
  { sequence, durationMs, mediaType }: ClipSegment,
  title: string,
  addressOf: PlaylistOptions['addressOf'],
): string[] {
  const line = `#EXTINF:${(durationMs / 1000).toFixed(3)},${title}`
  if (mediaType !== 'video/mp4') return [line, addressOf(sequence, 'whole')]
  return [`#EXT-X-MAP:URI="${addressOf(sequence, 'init')}"`, line, addressOf(sequence, 'media')]
}

const endOf = ({ streamTimeMs, durationMs }: Pick<ClipSegment, 'streamTimeMs' | 'durationMs'>): number =>
  streamTimeMs + durationMs

function isCut(before: ClipSegment, segment: ClipSegment): boolean {
  const isNext = segment.sequence === before.sequence + 1 && segment.mediaType === before.mediaType
  return !isNext || segment.discontinuity || segment.streamTimeMs - endOf(before) >= shortestGapMs
}

/** What is missing of the range before each segment and, once nothing more comes, after the last. */
function titlesOf(segments: readonly ClipSegment[], { fromMs, toMs }: ClipRange, isWhole: boolean): string[] {
  let end = fromMs
  return segments.map((segment, at) => {
    const before = sayMissing(end, segment.streamTimeMs, 'before')
    end = endOf(segment)
    const isLast = isWhole && at === segments.length - 1
    return [before, isLast ? sayMissing(end, toMs, 'after') : null].filter((words) => words !== null).join(', ')
  })
}

function sayMissing(fromMs: number, toMs: number, where: 'before' | 'after'): string | null {
  return toMs - fromMs < shortestGapMs ? null : `missing ${Math.round(toMs - fromMs)} ms ${where}`
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
