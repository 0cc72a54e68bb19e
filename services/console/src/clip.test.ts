import fc from 'fast-check'
import { clipRange, findFragments, renderPlaylist, sameKindAround, type ClipRange } from './clip.js'

const addressOf = (sequence: number, part: string) => `${sequence}?part=${part}`
const segment = (sequence: number, mediaType: 'video/mp2t' | 'video/mp4' = 'video/mp2t') => ({
  sequence,
  streamTimeMs: sequence * 2_000,
  durationMs: 2_000,
  mediaType,
  discontinuity: false,
})
type Listed = ReturnType<typeof segment>
const render = (segments: Listed[], range: ClipRange, isWhole = true): string =>
  renderPlaylist({ segments, range, isWhole, addressOf })
const titlesOf = (text: string): string[] =>
  [...text.matchAll(/^#EXTINF:[\d.]+,(.*)$/gm)].map(([, title = '']) => title)

it('shows 20 s before and 10 s after, and nothing before the start', () => {
  expect(clipRange(60_000, null)).toEqual({ fromMs: 40_000, toMs: 70_000 })
  expect(clipRange(4_000, null)).toEqual({ fromMs: 0, toMs: 14_000 })
  expect(clipRange(0, null)).toEqual({ fromMs: 0, toMs: 10_000 })
})

it('shows nothing beyond the end, and the end for a hit that comes after it', () => {
  expect(clipRange(60_000, 65_000)).toEqual({ fromMs: 40_000, toMs: 65_000 })
  expect(clipRange(300_000, 65_000)).toEqual({ fromMs: 45_000, toMs: 65_000 })
  expect(clipRange(5_000, 0)).toEqual({ fromMs: 0, toMs: 0 })
})

it('lists the segments as they came, says where one is missing, and ends when nothing more comes', () => {
  const text = render([segment(7), segment(8), segment(10)], { fromMs: 14_500, toMs: 21_000 })
  expect(text.split('\n')).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-TARGETDURATION:2',
    '#EXT-X-MEDIA-SEQUENCE:7',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-START:TIME-OFFSET=0',
    '#EXTINF:2.000,',
    '7?part=whole',
    '#EXTINF:2.000,',
    '8?part=whole',
    '#EXT-X-DISCONTINUITY',
    '#EXTINF:2.000,missing 2000 ms before',
    '10?part=whole',
    '#EXT-X-ENDLIST',
    '',
  ])
})

it('is open while the stream may still bring more, and names the init segment of an MP4', () => {
  const text = render([segment(0, 'video/mp4')], { fromMs: 0, toMs: 10_000 }, false)
  expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT')
  expect(text).not.toContain('ENDLIST')
  expect(text).toContain('#EXT-X-MAP:URI="0?part=init"\n#EXTINF:2.000,\n0?part=media\n')
})

describe.each(['video/mp2t', 'video/mp4'] as const)('a clip of %s', (mediaType) => {
  const some = (...sequences: number[]): Listed[] => sequences.map((sequence) => segment(sequence, mediaType))
  const at = (hitMs: number, endMs: number | null = null): ClipRange => clipRange(hitMs, endMs)

  it('of a hit in the first picture lacks nothing', () => {
    expect(titlesOf(render(some(0, 1, 2, 3, 4), at(0)))).toEqual(['', '', '', '', ''])
  })

  it('of a hit in the last picture before a gap says what is missing after it', () => {
    const text = render(some(0, 1, 2, 7), at(5_960))
    expect(titlesOf(text)).toEqual(['', '', '', 'missing 8000 ms before'])
    expect(text.match(/DISCONTINUITY/g)).toHaveLength(1)
  })

  it('says so too when nothing came before it, or nothing more after it', () => {
    expect(titlesOf(render(some(12, 13), at(25_000, 40_000)))).toEqual([
      'missing 19000 ms before',
      'missing 7000 ms after',
    ])
    expect(titlesOf(render(some(12), at(25_000, 40_000)))).toEqual(['missing 19000 ms before, missing 9000 ms after'])
    // A live stream may still bring it.
    expect(titlesOf(render(some(0, 1), at(3_000), false))).toEqual(['', ''])
  })

  it('takes a segment of one picture as any other, and a clock that is off by a picture for no gap', () => {
    const [first, one, last] = [...some(0), ...some(1), ...some(2)]
    if (!first || !one || !last) throw new Error('three segments')
    const short = [first, { ...one, durationMs: 40 }, { ...last, streamTimeMs: 2_080, durationMs: 1_960 }]
    const text = render(short, at(2_000, 4_040))
    expect(titlesOf(text)).toEqual(['', '', ''])
    expect(text).toContain('#EXTINF:0.040,')
    expect(text).not.toContain('DISCONTINUITY')
  })
})

it('starts anew where time jumps or the container changes, though no segment is missing', () => {
  const later = { ...segment(1), streamTimeMs: 9_000 }
  expect(render([segment(0), later], { fromMs: 0, toMs: 11_000 })).toContain(
    'DISCONTINUITY\n#EXTINF:2.000,missing 7000',
  )
  expect(render([segment(0), segment(1, 'video/mp4')], { fromMs: 0, toMs: 4_000 })).toContain('DISCONTINUITY')
})

it('starts anew where the stream says that its clock breaks, and nothing is missing for it', () => {
  const text = render([segment(0), { ...segment(1), discontinuity: true }, segment(2)], { fromMs: 0, toMs: 6_000 })
  expect(text).toContain('0?part=whole\n#EXT-X-DISCONTINUITY\n#EXTINF:2.000,\n1?part=whole\n#EXTINF:2.000,\n2')
  // In front of the first there is nothing to break with.
  expect(render([{ ...segment(0), discontinuity: true }], { fromMs: 0, toMs: 2_000 })).not.toContain('DISCONTINUITY')
})

describe('a stream that changes its container', () => {
  const mixed = [segment(0), segment(1), segment(2, 'video/mp4'), segment(3, 'video/mp4'), segment(4), segment(5)]
  const sequencesAt = (hitMs: number, of = mixed): number[] => sameKindAround(of, hitMs).map(({ sequence }) => sequence)

  it.each([
    [0, [0, 1]],
    [3_999, [0, 1]],
    [4_000, [2, 3]],
    [7_000, [2, 3]],
    [8_000, [4, 5]],
    // The end of the stream, and behind it.
    [12_000, [4, 5]],
    [60_000, [4, 5]],
  ])('shows what is of one kind around a hit at %i ms', (hitMs, expected) => {
    expect(sequencesAt(hitMs)).toEqual(expected)
  })

  it('shows what is nearest to a hit in a gap, and nothing where there is nothing', () => {
    const torn = [segment(0), segment(5, 'video/mp4')]
    expect(sequencesAt(4_000, torn)).toEqual([0])
    expect(sequencesAt(8_000, torn)).toEqual([5])
    expect(sequencesAt(8_000, [])).toEqual([])
  })

  it('says that what it leaves out is missing, and names no init segment for MPEG-TS', () => {
    const range = { fromMs: 0, toMs: 12_000 }
    expect(titlesOf(render(sameKindAround(mixed, 5_000), range))).toEqual([
      'missing 4000 ms before',
      'missing 4000 ms after',
    ])
    const packets = render(sameKindAround(mixed, 9_000), range)
    expect(titlesOf(packets)).toEqual(['missing 8000 ms before', ''])
    expect(packets).not.toContain('EXT-X-MAP')
  })

  it('is always a row of one kind in the order of the stream that lacks nothing of its own', () => {
    const kinds = fc.array(fc.constantFrom('video/mp2t' as const, 'video/mp4' as const), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(kinds, fc.nat(30_000), (all, hitMs) => {
        const segments = all.map((kind, sequence) => segment(sequence, kind))
        const shown = sameKindAround(segments, hitMs)
        const [first, last] = [shown[0]?.sequence ?? -1, shown.at(-1)?.sequence ?? -1]
        expect(shown).toEqual(segments.slice(first, last + 1))
        expect(new Set(shown.map(({ mediaType }) => mediaType)).size).toBe(1)
        expect(shown[0]?.mediaType).not.toBe(segments[first - 1]?.mediaType)
        expect(shown[0]?.mediaType).not.toBe(segments[last + 1]?.mediaType)
        const hit = Math.min(Math.floor(hitMs / 2_000), all.length - 1)
        expect(first <= hit && hit <= last).toBe(true)
      }),
    )
  })
})

it('what is listed and what is said to be missing is the whole range, whatever came', () => {
  const lengths = fc.array(fc.tuple(fc.constantFrom(0, 0, 100, 700, 9_000), fc.integer({ min: 40, max: 4_000 })), {
    minLength: 1,
    maxLength: 20,
  })
  fc.assert(
    fc.property(lengths, (parts) => {
      let time = 0
      const segments = parts.map(([hole, durationMs], sequence) => {
        const streamTimeMs = time + hole
        time = streamTimeMs + durationMs
        return { ...segment(sequence), streamTimeMs, durationMs }
      })
      const text = render(segments, { fromMs: 0, toMs: time })
      const missing = [...text.matchAll(/missing (\d+) ms/g)].reduce((sum, [, ms]) => sum + Number(ms), 0)
      expect(missing + parts.reduce((sum, [, durationMs]) => sum + durationMs, 0)).toBe(time)
    }),
  )
})

const box = (type: string, size: number) => {
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32BE(size, 0)
  bytes.write(type, 4, 'latin1')
  return bytes
}

it('finds where the fragments of an MP4 begin', () => {
  const init = Buffer.concat([box('ftyp', 24), box('moov', 700)])
  expect(findFragments(Buffer.concat([init, box('moof', 100), box('mdat', 50)]))).toBe(724)
  expect(findFragments(Buffer.concat([init, box('styp', 16), box('moof', 100)]))).toBe(724)
  expect(findFragments(init)).toBeNull()
  const long = box('free', 40)
  long.writeUInt32BE(1, 0)
  long.writeBigUInt64BE(40n, 8)
  expect(findFragments(Buffer.concat([long, box('moof', 8)]))).toBe(40)
})

it('never runs over the end or for ever, whatever the bytes are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const at = findFragments(Buffer.from(bytes))
      expect(at === null || at < bytes.length).toBe(true)
    }),
  )
})
