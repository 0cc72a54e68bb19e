import { box, element, replaceBox, shiftChunks, u32, withElements } from './boxes.js'
import { targetsOf } from './disguises.js'
import type { HostileInput, Materials } from './input.js'

const DREF = ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref']

/** Real media whose tables say that the pictures lie somewhere else. */
export function references(materials: Materials): HostileInput[] {
  const targets = Object.entries(targetsOf(materials))
  const family = 'external reference'
  const mp4 = (name: string, bytes: Buffer): HostileInput => {
    return { family, name, mediaType: 'video/mp4', bytes, neverPicture: false }
  }
  return [
    ...targets.flatMap(([name, target]) => [
      mp4(`dref url ${name}`, elsewhere(materials.plainMp4, box('url ', u32(0), `${target}\0`))),
      mp4(`dref alis ${name}`, elsewhere(materials.plainMp4, box('alis', u32(0), alias(target)))),
      mp4(`reference movie ${name}`, referenceMovie(target)),
    ]),
    mp4('dref urn', elsewhere(materials.plainMp4, box('urn ', u32(0), `x\0${materials.honeyUrl}\0`))),
    ...matroska(materials),
  ]
}

function elsewhere(mp4: Buffer, entry: Buffer): Buffer {
  const changed = replaceBox(mp4, DREF, () => Buffer.concat([u32(0, 1), entry]))
  return shiftChunks(changed, changed.length - mp4.length)
}

/** A Macintosh alias record as far as demuxers read it: a volume, a name, and the absolute path as entry 2. */
function alias(path: string): Buffer {
  const text = (value: string, size: number): Buffer =>
    Buffer.concat([
      Buffer.from([Math.min(value.length, size)]),
      Buffer.from(value.padEnd(size, '\0').slice(0, size), 'latin1'),
    ])
  const even = path.length % 2 === 0 ? path : `${path}\0`
  const entry = (kind: number, value: string): Buffer => {
    const head = Buffer.alloc(4)
    head.writeInt16BE(kind, 0)
    head.writeUInt16BE(value.length, 2)
    return Buffer.concat([head, Buffer.from(value, 'latin1')])
  }
  const levels = Buffer.from([0, 1, 0, 1])
  return Buffer.concat([
    Buffer.alloc(10),
    text('disk', 27),
    Buffer.alloc(12),
    text(path.split('/').at(-1) ?? '', 63),
    Buffer.alloc(16),
    levels,
    Buffer.alloc(16),
    entry(2, even),
    entry(-1, ''),
  ])
}

function referenceMovie(target: string): Buffer {
  const data = Buffer.concat([u32(0), Buffer.from('url '), u32(target.length + 1), Buffer.from(`${target}\0`)])
  return Buffer.concat([box('ftyp', 'qt  ', u32(0)), box('moov', box('rmra', box('rmda', box('rdrf', data))))])
}

function matroska(materials: Materials): HostileInput[] {
  const { mkv, canaryPath, honeyUrl } = materials
  const info = (...parts: readonly Buffer[]): Buffer => element('1549a966', Buffer.concat(parts))
  const uid = Buffer.alloc(16, 7)
  const attachment = (name: string, type: string, body: string): Buffer =>
    element(
      '1941a469',
      element('61a7', Buffer.concat([element('466e', name), element('4660', type), element('465c', body)])),
    )
  const chapter = Buffer.concat([
    element('91', Buffer.from([0])),
    element('6e67', uid),
    element('6ebc', Buffer.from([1])),
  ])
  const all: Readonly<Record<string, Buffer>> = {
    'the file before and behind': info(
      element('3cb923', uid),
      element('3c83ab', canaryPath),
      element('3e83bb', canaryPath),
    ),
    'the title is a path': info(element('7ba9', `file://${canaryPath}`), element('4d80', honeyUrl)),
    'an attached playlist': attachment('a.m3u8', 'application/x-mpegurl', `#EXTM3U\n#EXTINF:2,\n${honeyUrl}\n`),
    'an attached font': attachment(canaryPath, 'application/x-truetype-font', 'x'.repeat(500)),
    'an attached picture': attachment('cover.svg', 'image/svg+xml', `<svg><image href="${honeyUrl}"/></svg>`),
    'chapters of another file': element(
      '1043a770',
      element('45b9', Buffer.concat([element('45dd', Buffer.from([1])), element('b6', chapter)])),
    ),
    'a tag that is an address': element(
      '1254c367',
      element('7373', element('67c8', Buffer.concat([element('45a3', 'URL'), element('4487', honeyUrl)]))),
    ),
    'an index elsewhere': element(
      '114d9b74',
      element(
        '4dbb',
        Buffer.concat([element('53ab', Buffer.from('1c53bb6b', 'hex')), element('53ac', Buffer.alloc(8, 0x7f))]),
      ),
    ),
  }
  return Object.entries(all).map(([name, extra]) => {
    const bytes = withElements(mkv, extra)
    return { family: 'external reference', name, mediaType: 'video/x-matroska', bytes, neverPicture: false }
  })
}
