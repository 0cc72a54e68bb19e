import { execFileSync } from 'node:child_process'

/** When the picture packets of a segment are shown, in order of decoding, in seconds of its own clock; edit lists left out. */
export function ffprobePackets(bytes: Buffer, format: 'mov' | 'matroska' = 'mov'): { seconds: number }[] {
  const words = [
    '-v',
    'error',
    ...(format === 'mov' ? ['-ignore_editlist', '1'] : []),
    '-select_streams',
    'v',
    '-show_entries',
    'packet=pts_time',
    '-of',
    'csv=p=0',
  ]
  const said = execFileSync('ffprobe', [...words, '-f', format, 'pipe:0'], { input: bytes, encoding: 'utf8' })
  return said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ seconds: Number.parseFloat(line) }))
}
