/** What a segment says of itself before it is decoded. PTS in units of 1/90000 s, modulo 2^33. */
export interface SegmentInspection {
  /** True when there is nothing in it to decode. */
  readonly empty: boolean
  /** Why a decoder would not see all pictures of it, whatever it gave. */
  readonly refused?: string
  readonly firstPts: number | undefined
  /** PTS of every picture, in the order of decoding. */
  readonly times: readonly number[]
  /** PTS of every keyframe, in order; undefined when that cannot be told for this codec. */
  readonly keyframes: readonly number[] | undefined
  /** Changes when a decoder that runs has to be replaced: another track, codec or picture size; in MP4 a break of the clock too. */
  readonly signature: string
  /** True when a decoder is given MP4 of our own. `whole`: it decodes every picture. */
  rewrites(whole: boolean): boolean
  /** The same of the segment as it came, for a decoder of its own; absent: it is that, null: nothing is known of it. */
  readonly plain?: SegmentInspection | null
  /** The PTS of what a decoder tells to be at so many ticks, where what was written has a clock of its own; undefined when not of this segment. */
  ptsAt?(ticks: number): number | undefined
  /** What a decoder is given of it. Empty when that decoder could make nothing of it. */
  bytesFor(reader: DecoderNeeds): Buffer
}

export interface DecoderNeeds {
  /** It has had nothing before. */
  readonly first: boolean
  /** It decodes every picture, not keyframes only. */
  readonly whole: boolean
}

/** Why a segment is not looked at whose times would hide pictures. */
export const MISTIMED = 'pictures at times at which they cannot be shown'

/** Of a segment that is given to no decoder. */
export function refusedInspection(refused: string): SegmentInspection {
  const nothing = { empty: false, firstPts: undefined, times: [], keyframes: undefined, signature: '' }
  return { ...nothing, refused, rewrites: () => false, bytesFor: () => Buffer.alloc(0) }
}
