import { box, u32 } from './boxes.js'

/** An MP4 whose table names the first sample of this one so many times, each to be shown for so long. */
export function repeatSample(mp4: Buffer, count: number, milliseconds: number): Buffer {
  const sizes = mp4.indexOf('stsz')
  const size = mp4.readUInt32BE(sizes + 8) || mp4.readUInt32BE(sizes + 16)
  const media = mp4.indexOf('mdat') + 4
  const description = mp4.indexOf('stsd') - 4
  const entry = mp4.subarray(description, description + mp4.readUInt32BE(description))
  const type = box('ftyp', 'isom', u32(512), 'isomiso2')
  const headOf = (place: number): Buffer => {
    const places = Buffer.concat([u32(0, count), ...Array.from({ length: count }, () => u32(place))])
    const tables = [
      entry,
      box('stts', u32(0, 1, count, milliseconds)),
      box('stsc', u32(0, 1, 1, 1, 1)),
      box('stsz', u32(0, size, count)),
      box('stco', places),
    ]
    const data = box('dinf', box('dref', u32(0, 1), box('url ', u32(1))))
    const information = box('minf', box('vmhd', u32(1, 0, 0)), data, box('stbl', ...tables))
    const handler = box('hdlr', u32(0, 0), 'vide', u32(0, 0, 0), Buffer.alloc(1))
    const clock = box('mdhd', u32(0, 0, 0, 1000, 0, 0))
    const header = box('tkhd', u32(7, 0, 0, 1, 0, 0, 0, 0, 0, 0), UPRIGHT, u32(0x10_0000, 0x10_0000))
    const movie = box('mvhd', u32(0, 0, 0, 1000, count * milliseconds, 0x1_0000, 0x0100_0000, 0, 0), UPRIGHT)
    const whole = Buffer.concat([movie, Buffer.alloc(24), u32(2)])
    whole.writeUInt32BE(whole.length)
    return box('moov', whole, box('trak', header, box('mdia', clock, handler, information)))
  }
  const place = type.length + headOf(0).length + 8
  return Buffer.concat([type, headOf(place), box('mdat', mp4.subarray(media, media + size))])
}

const UPRIGHT = u32(0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000)
