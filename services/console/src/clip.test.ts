import fc from 'fast-check'
import { clipRange, findFragments, renderPlaylist } from './clip.js'

const addressOf = (sequence: number, part: string) => `${sequence}?part=${part}`
const segment = (sequence: number, mediaType: 'video/mp2t' | 'video/mp4' = 'video/mp2t') => ({
  sequence,
  durationMs: 2_000,
  mediaType,
})

it('shows 20 s before and 10 s after, and nothing before the start', () => {
  expect(clipRange(60_000)).toEqual({ fromMs: 40_000, toMs: 70_000 })
  expect(clipRange(4_000)).toEqual({ fromMs: 0, toMs: 14_000 })
})

it('lists the segments as they came, says where one is missing, and ends when nothing more comes', () => {
  const text = renderPlaylist({ segments: [segment(7), segment(8), segment(10)], isWhole: true, addressOf })
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
    '#EXTINF:2.000,',
    '10?part=whole',
    '#EXT-X-ENDLIST',
    '',
  ])
})

it('is open while the stream may still bring more, and names the init segment of an MP4', () => {
  const text = renderPlaylist({ segments: [segment(0, 'video/mp4')], isWhole: false, addressOf })
  expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT')
  expect(text).not.toContain('ENDLIST')
  expect(text).toContain('#EXT-X-MAP:URI="0?part=init"\n#EXTINF:2.000,\n0?part=media\n')
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
