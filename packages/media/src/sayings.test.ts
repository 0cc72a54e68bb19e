import fc from 'fast-check'
import { Sayings } from './sayings.js'

const told = (chunks: readonly (string | Buffer)[], isOfUse?: (line: string) => boolean): string => {
  const sayings = new Sayings(isOfUse)
  for (const chunk of chunks) sayings.push(chunk)
  return sayings.text
}

test('lines are kept whole, without empty ones, without ends, and with the one that is still open', () => {
  expect(told(['no frame!\n\n   \ndecode_slice_header error  \r\nPPS 0 '])).toBe(
    'no frame!\ndecode_slice_header error\nPPS 0',
  )
  expect(told([])).toBe('')
})

test('where a decoder has its parts in memory is told to nobody, however many they are', () => {
  const line = '[h264 @ 0x55d0c0ffee00] [graph 0 input @ 0x7f00deadbeef] no frame!\n'
  expect(told([line])).toBe('no frame!')
  expect(told([`a word in front of [h264 @ 0x55d0c0ffee00]\n`])).toContain('a word in front of')
})

test('a second track has its plain name, also behind an address', () => {
  const line = "[vost#0:1 @ 0x5581] Unknown encoder 'several-picture-tracks'\n"
  expect(told([line])).toBe('several picture tracks')
})

test('that something was said again is no news, nor is what nobody has a use for', () => {
  expect(told(['no frame!\n    Last message repeated 12 times\n'])).toBe('no frame!')
  const isOfUse = (line: string): boolean => !line.startsWith('[warning]')
  expect(told(['[warning] late\n[error] gone\n[warning] open'], isOfUse)).toBe('[error] gone')
})

test('of much the last lines are kept, of one that never ends its beginning', () => {
  const lines = Array.from({ length: 100 }, (_, at) => `line ${at} of a decoder that has much to say`)
  const text = told([lines.join('\n')])
  expect(text.length).toBeLessThanOrEqual(460)
  expect(lines.join('\n').endsWith(text)).toBe(true)
  const long = told(Array.from({ length: 1000 }, () => 'x'.repeat(1000)))
  expect(long).toBe('x'.repeat(400))
})

test('bytes that come cut anywhere say the same, and of any bytes only so much is kept', () => {
  const said = Buffer.from('[h264 @ 0x55d0] no frame!\nLast message repeated 3 times\n[mov @ 0x1] partial file\nend')
  fc.assert(
    fc.property(fc.array(fc.nat(said.length), { maxLength: 8 }), (cuts) => {
      const places = [0, ...cuts.sort((one, other) => one - other), said.length]
      const parts = places.slice(1).map((end, at) => said.subarray(places[at], end))
      return told(parts) === 'no frame!\npartial file\nend'
    }),
  )
  const chunks = fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 20 })
  fc.assert(fc.property(chunks, (parts) => told(parts.map((part) => Buffer.from(part))).length <= 802))
})
