import { createReadStream } from 'node:fs'
import { findPictureTracks } from './picture-tracks.js'
import { readNamedTracks, type NamedTracks } from './program-tables.js'
import { alignPackets, PACKET_BYTES } from './transport-packets.js'

/** So much of a file is read at once. */
const PART_BYTES = 4 * 2 ** 20
/** A packet goes over the end of a part, and a few behind it prove where it begins. */
const OVERLAP_BYTES = 8 * PACKET_BYTES

/**
 * The picture tracks of which something begins anywhere in a transport stream of any size: the number of each (PID), as often as it is
 * named with another codec. Holds a part of it in memory. Rejects with the file system's error.
 */
export async function readFilePictures(path: string, partBytes = PART_BYTES): Promise<number[]> {
  const codecs = new Map<number, Set<number>>()
  let named: NamedTracks = []
  let before = Buffer.alloc(0)
  for await (const part of createReadStream(path, { highWaterMark: partBytes }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([before, part])
    before = bytes.subarray(-OVERLAP_BYTES)
    const packets = alignPackets(bytes)
    named = readNamedTracks(packets, named)
    for (const { pid, streamType } of findPictureTracks(packets, named)) {
      codecs.set(pid, (codecs.get(pid) ?? new Set()).add(streamType))
    }
  }
  return [...codecs].flatMap(([pid, types]) => {
    // What has no name in one part has one in another.
    const names = [...types].filter((type) => type >= 0)
    return Array.from({ length: Math.max(1, names.length) }, () => pid)
  })
}
