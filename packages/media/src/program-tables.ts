import { readSections } from './table-sections.js'

/** Which packets of a transport stream carry a picture. */
export interface VideoTrack {
  readonly pid: number
  /** Stream type of ISO/IEC 13818-1 table 2-34: 0x1b is H.264, 0x24 HEVC, 0x02 MPEG-2. */
  readonly streamType: number
}

/** The picture tracks that a stream's tables name, of all programs. */
export type NamedTracks = readonly VideoTrack[]

const VIDEO_TYPES = new Set([0x01, 0x02, 0x10, 0x1b, 0x1f, 0x20, 0x21, 0x23, 0x24, 0x25, 0x33, 0x42, 0xd1, 0xd2, 0xea])
/** What a private stream says of itself by a registration (2.6.8) when it is a picture. */
const VIDEO_REGISTRATIONS = new Set(['HEVC', 'VC-1', 'drac', 'AV01', 'VVC '])

/** Reads the tables in all packets of an aligned transport stream. Those of before count where it has none. */
export function readNamedTracks(aligned: Buffer, before: NamedTracks): NamedTracks {
  const tracks = new Map<string, VideoTrack>()
  let isNamed = false
  for (const section of readSections(aligned, readMapPids(aligned), 0x02)) {
    isNamed = true
    for (const track of readTracks(section)) tracks.set(`${track.pid}:${track.streamType}`, track)
  }
  return isNamed ? [...tracks.values()] : before
}

function readMapPids(aligned: Buffer): Set<number> {
  const pids = new Set<number>()
  for (const section of readSections(aligned, new Set([0]), 0x00)) {
    for (let at = 5; at + 4 <= section.length; at += 4) {
      if (section.readUInt16BE(at) !== 0) pids.add(section.readUInt16BE(at + 2) & 0x1fff)
    }
  }
  return pids
}

function* readTracks(section: Buffer): Generator<VideoTrack> {
  if (section.length < 9) return
  let at = 9 + (section.readUInt16BE(7) & 0x0fff)
  while (at + 5 <= section.length) {
    const streamType = section.readUInt8(at)
    const end = at + 5 + (section.readUInt16BE(at + 3) & 0x0fff)
    const isPicture = VIDEO_TYPES.has(streamType) || isRegistered(section.subarray(at + 5, end))
    if (isPicture) yield { pid: section.readUInt16BE(at + 1) & 0x1fff, streamType }
    at = end
  }
}

const REGISTRATION = 0x05

function isRegistered(descriptors: Buffer): boolean {
  for (let at = 0; at + 6 <= descriptors.length; at += 2 + (descriptors[at + 1] ?? 0)) {
    if (descriptors[at] === REGISTRATION && VIDEO_REGISTRATIONS.has(descriptors.toString('latin1', at + 2, at + 6)))
      return true
  }
  return false
}
