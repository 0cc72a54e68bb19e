import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { Readable } from 'node:stream'
import { DEMUXERS, REFUSE_SECOND_TRACK, WHOLE_TRACKS } from './decoder-arguments.js'
import { Fragments } from './fragments.js'
import { MediaFileError, messageOf } from './media-file.js'
import { showFile, type Sandbox } from './sandbox.js'
import { Sayings } from './sayings.js'
import type { MediaType, Segment } from './segment.js'
import { readFilePictures } from './track-file.js'

export interface FileSegmentsOptions {
  readonly sandbox: Sandbox
  readonly mediaType: MediaType
  /** Of the file, in bytes. */
  readonly size: number
  /** So long may nothing come while it is waited for; default 20,000. */
  readonly silenceMs?: number
}

/**
 * A table of samples can name the same bytes again and again: more than this cannot be the file itself, all that comes out of it, or
 * its pictures alone. Those grow only where a length is longer than a start code, or a head was taken off each.
 */
const mostBytesOut = (size: number): number => 2 * size + 16 * 2 ** 20
const mostPictureBytes = (size: number): number => 1.25 * size + 4096
/**
 * Every two seconds are a look, and a table that names a few tiny samples again and again can claim days: black video of one picture a
 * second has 28 bytes a second at 64x64, 70 at 720p.
 */
const mostSeconds = (size: number): number => 400 + size / 20
const SILENCE_MS = 20_000

/** Warnings that cost pictures: times that were made up, tracks and heads that were passed over. Each begins with its level. */
const COSTLY = /^\[warning\] (Non-monotonous DTS|Invalid DTS|Invalid timestamps|New video stream|Found duplicated MOOV)/
const isOfUse = (line: string): boolean => !line.startsWith('[warning]') || COSTLY.test(line)

/**
 * Cuts a file, which may be hostile and of any size, into fMP4 segments (`video/mp4`) of 2 s and more that each begin with a keyframe,
 * one at a time, in the sandbox and without encoding anew. Holds one segment in memory. `durationMs` of the last segment ends where
 * the file's pictures end. Throws MediaFileError: MEDIA_FILE_NO_VIDEO, MEDIA_FILE_DAMAGED after the last segment of what was read with errors, or MEDIA_FILE_REFUSED for what is damaged, has no keyframe for a
 * minute or gives nothing for 20 s.
 */
export async function* readFileSegments(path: string, options: FileSegmentsOptions): AsyncGenerator<Segment> {
  const { sandbox, mediaType, size, silenceMs = SILENCE_MS } = options
  const file = showFile(sandbox, path)
  const [program = '', ...rest] = [...file.prefix, sandbox.ffmpeg, ...words(file.url, mediaType)]
  // The walls tell a process id on the last one, which nobody asks for here.
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'pipe'] }) as Demuxer
  const end = listen(child)
  try {
    const fragments = new Fragments()
    let bytesOut = 0
    for await (const chunk of readAwaited(child, silenceMs)) {
      bytesOut += chunk.length
      for (const segment of fragments.push(chunk)) {
        yield segment
        refuseEndless(fragments.seconds, size)
      }
      if (bytesOut > mostBytesOut(size) || fragments.pictureBytes > mostPictureBytes(size))
        throw new RangeError('more comes out of it than it can hold')
    }
    yield* fragments.end()
    const pictures = mediaType === 'video/mp2t' ? await readFilePictures(path) : []
    refuseUnlessGood(await end, { whole: fragments.whole, pictures })
  } catch (error) {
    if (error instanceof MediaFileError) throw error
    throw new MediaFileError('MEDIA_FILE_REFUSED', messageOf(error))
  } finally {
    child.kill('SIGKILL')
  }
}

function refuseEndless(seconds: number, size: number): void {
  const most = mostSeconds(size)
  if (seconds <= most) return
  const reason = `more than ${Math.round(most)} s of pictures (duration) in ${size} bytes: nothing behind was looked at`
  throw new RangeError(`${reason}; if it is a good file, write it anew with a picture each second or more`)
}

interface DemuxerEnd {
  readonly code: number | null
  readonly said: string
}

interface FileEnd {
  /** What came out is whole. */
  readonly whole: boolean
  /** The numbers of its picture tracks, as far as its packets say. */
  readonly pictures: readonly number[]
}

/** What a demuxer complained of on the way, or never opened, may have cost pictures: that is no file of which all was looked at. */
function refuseUnlessGood({ code, said }: DemuxerEnd, { whole, pictures }: FileEnd): void {
  if (said.includes('several picture tracks')) throw new RangeError('several picture tracks')
  if (said.includes('matches no streams')) throw sayUnseen(pictures)
  const message = withoutLevels(said)
  if (code !== 0 || !whole) throw new RangeError(message || `the demuxer ended with ${code}`)
  // Lines without a level go on from those that were of no use.
  if (said !== message) throw new MediaFileError('MEDIA_FILE_DAMAGED', `pictures may be missing: ${message}`)
  if (pictures.length > 1)
    throw new MediaFileError(
      'MEDIA_FILE_DAMAGED',
      `picture tracks that nobody looked at: of PID ${sayPids(pictures)} one was; scan a file of each track alone`,
    )
}

function sayUnseen(pictures: readonly number[]): MediaFileError {
  if (pictures.length === 0) return new MediaFileError('MEDIA_FILE_NO_VIDEO', 'no picture in it')
  const where = `PID ${sayPids(pictures)} carries a picture, but something else at the start of the file, or no table names it`
  return new MediaFileError('MEDIA_FILE_REFUSED', `${where}: cut the file where the picture begins, and scan the parts`)
}

function sayPids(pids: readonly number[]): string {
  const most = 8
  return pids.slice(0, most).join(', ') + (pids.length > most ? ` and ${pids.length - most} more` : '')
}

function withoutLevels(text: string): string {
  return text.replaceAll(/^\[(warning|error|fatal|panic)\] /gm, '')
}

type Demuxer = ChildProcessByStdio<null, Readable, Readable>

/** What it says on stderr, and how it ends; never rejects. */
function listen(child: Demuxer): Promise<DemuxerEnd> {
  const sayings = new Sayings(isOfUse)
  for (const pipe of child.stdio) if (pipe instanceof Readable && pipe !== child.stdout) pipe.resume()
  child.stderr.on('data', (chunk: Buffer) => sayings.push(chunk))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, said: error.message }))
    child.on('close', (code) => resolve({ code, said: sayings.text }))
  })
}

/** What comes out, as it is asked for: nothing is read ahead but what the pipe holds, and time counts only while somebody waits. */
async function* readAwaited({ stdout }: Demuxer, silenceMs: number): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]()
  for (;;) {
    const timer = setTimeout(() => stdout.destroy(new RangeError(`nothing came for ${silenceMs} ms`)), silenceMs)
    const next = await chunks.next().finally(() => clearTimeout(timer))
    if (next.done === true) return
    yield next.value
  }
}

function words(url: string, mediaType: MediaType): string[] {
  const demuxer = DEMUXERS[mediaType]
  return [
    '-v level+warning -nostdin -protocol_whitelist file',
    mediaType === 'video/mp4' ? WHOLE_TRACKS : '',
    `-format_whitelist ${demuxer} -f ${demuxer} -i`,
    url,
    `-map 0:V:0 -an -sn -dn -map_metadata -1 -map_chapters -1 -c copy ${REFUSE_SECOND_TRACK}`,
    // A fragment ends before the first keyframe that is 2 s behind its start.
    '-f mp4 -movflags frag_keyframe+empty_moov+default_base_moof -min_frag_duration 2000000',
    // The head of a longer one would not fit into what the muxer can still go back in.
    '-frag_duration 10000000 pipe:1',
  ].flatMap((part) => (part === url ? [part] : part.split(' ').filter((word) => word !== '')))
}
