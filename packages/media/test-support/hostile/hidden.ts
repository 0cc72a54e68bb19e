import { box, overwrite, replaceBox, u32 } from './boxes.js'
import type { HostileInput, Materials } from './input.js'
import { mapPacket, movePid, tablePacket } from './packets.js'

const MAP = 0x1000
const PICTURE = 0x100
const OTHER = 0x200

/** What one player shows and a decoder may pass over: pictures beside or behind those that it takes. */
export function hidden({ ts, mp4, mkv }: Materials): HostileInput[] {
  const family = 'hidden pictures'
  const moved = movePid(ts, PICTURE, OTHER)
  const programs = tablePacket(0, 0, 1, Buffer.from([0, 1, 0xf0, 0, 0, 2, 0xf0, 1]))
  const second = replaceBox(mp4, ['moov'], (moov) => {
    const at = moov.indexOf('trak') - 4
    const trak = moov.subarray(at, at + moov.readUInt32BE(at))
    return Buffer.concat([moov, overwrite(trak, 'tkhd', 12, u32(2))])
  })
  const packets = {
    'a map that changes to another stream': Buffer.concat([ts, mapPacket(MAP, OTHER), moved]),
    'a second program': Buffer.concat([programs, mapPacket(MAP + 1, OTHER), ts, moved]),
    'the same stream in another codec': Buffer.concat([ts, mapPacket(MAP, PICTURE, 0x24), ts]),
  }
  const inPackets = Object.entries(packets).map(([name, bytes]): HostileInput => {
    return { family, name, mediaType: 'video/mp2t', bytes, neverPicture: !name.includes('codec') }
  })
  return [
    ...inPackets,
    { family, name: 'a second track', mediaType: 'video/mp4', bytes: second, neverPicture: true },
    {
      family,
      name: 'a second head',
      mediaType: 'video/mp4',
      bytes: Buffer.concat([second, box('free'), mp4]),
      neverPicture: true,
    },
    {
      family,
      name: 'a file behind',
      mediaType: 'video/x-matroska',
      bytes: Buffer.concat([mkv, mkv]),
      neverPicture: false,
    },
  ]
}
