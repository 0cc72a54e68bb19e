import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { PictureReader, TimeReader, type PictureTime, type RawPicture } from './picture-reader.js'
import { readInto } from './read-into.js'
import { readProcessUse, type ProcessUse } from './read-process-use.js'
import type { Sandbox } from './sandbox.js'
import { Sayings } from './sayings.js'

export interface DecoderExit {
  /** True when the decoder was killed or died of a signal, or never started. */
  readonly crashed: boolean
  readonly detail: string
}

export interface DecoderProcessEvents {
  /** The picture is absent when the decoder only says that it went by. */
  onPicture(picture: RawPicture | undefined, time: PictureTime): void
  onExit(exit: DecoderExit): void
}

/** What a decoder says after nonsense is read into these until it is gone. */
const WASTE_BYTES = 65_536

/** So long after the exit may the last output take to be read. */
const GRACE_MS = 5000

/** One decoder in its sandbox: media in, pictures with their times out. No error of a pipe is left unheard. */
export class DecoderProcess {
  readonly #child: ChildProcess
  readonly #events: DecoderProcessEvents
  readonly #pictures: RawPicture[] = []
  readonly #times: PictureTime[] = []
  readonly #sayings = new Sayings()
  #innerPid: number | undefined
  #gone = false

  constructor(sandbox: Sandbox, words: readonly string[], events: DecoderProcessEvents) {
    const [program = '', ...rest] = [...sandbox.prefix, sandbox.ffmpeg, ...words]
    this.#events = events
    this.#child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] })
    if (!sandbox.tellsProcessId) this.#innerPid = this.#child.pid
    this.#listen()
  }

  /** The process that decodes (not the one that holds its walls), once it is known. */
  get pid(): number | undefined {
    return this.#innerPid
  }

  /** Every process that belongs to this decoder. */
  get pids(): readonly number[] {
    const both = [this.#child.pid, this.#innerPid].filter((pid) => pid !== undefined)
    return [...new Set(both)]
  }

  /** What the decoder has used in its life; undefined when it is gone or not there yet. */
  use(): ProcessUse | undefined {
    return this.#innerPid === undefined || this.#gone ? undefined : readProcessUse(this.#innerPid)
  }

  /** Resolves when the decoder's pipe has taken all bytes, or will take none any more. */
  write(bytes: Buffer): Promise<void> {
    const { stdin } = this.#child
    if (stdin === null || this.#gone || stdin.destroyed) return Promise.resolve()
    // Node calls back too when the pipe breaks; the exit tells what that means.
    return new Promise((resolve) => stdin.write(bytes, () => resolve()))
  }

  /** No more media: the decoder gives what it still holds, and exits. */
  end(): void {
    this.#child.stdin?.end()
  }

  kill(): void {
    this.#child.kill('SIGKILL')
    // The walls fall by themselves when the first process is gone; this is for the case without walls.
    if (this.#innerPid !== undefined && this.#innerPid !== this.#child.pid) killQuietly(this.#innerPid)
  }

  #listen(): void {
    const child = this.#child
    const pictures = new PictureReader((picture) => this.#pair(() => this.#pictures.push(picture)))
    const times = new TimeReader((time) => this.#pair(() => this.#times.push(time)))
    const [, , , timePipe, infoPipe] = child.stdio
    this.#readPictures(child.stdout, pictures)
    this.#read(timePipe as Readable | null, (chunk) => times.push(chunk))
    this.#read(infoPipe as Readable | null, (chunk) => this.#readProcessId(chunk))
    this.#read(child.stderr, (chunk) => this.#sayings.push(chunk))
    child.stdin?.on('error', (error) => this.#note(error))
    child.on('error', (error) => {
      this.#note(error)
      if (child.pid === undefined) this.#leave({ crashed: true, detail: this.#sayings.text })
    })
    child.on('exit', () => setTimeout(() => this.#closePipes(), GRACE_MS).unref())
    child.on('close', (code, signal) => this.#leave(describeExit(code, signal, this.#sayings.text)))
  }

  #readPictures(pipe: Readable | null, pictures: PictureReader): void {
    if (pipe === null) return
    let waste: Buffer | undefined
    pipe.on('error', (error) => this.#note(error))
    readInto(pipe, {
      space: () => waste ?? pictures.space(),
      take: (count) => {
        if (waste === undefined && !this.#try(() => pictures.take(count))) waste = Buffer.alloc(WASTE_BYTES)
      },
    })
  }

  #read(pipe: Readable | null, take: (chunk: Buffer) => void): void {
    pipe?.on('error', (error) => this.#note(error))
    pipe?.on('data', (chunk: Buffer) => void this.#try(() => take(chunk)))
  }

  /** A decoder that says what it should never say is ended; false then. */
  #try(read: () => void): boolean {
    try {
      read()
      return true
    } catch (error) {
      this.#note(error)
      this.kill()
      return false
    }
  }

  /** Times come in order; one whose picture is still on its way holds up those behind it. */
  #pair(add: () => void): void {
    add()
    for (let time = this.#times[0]; time !== undefined && !this.#gone; time = this.#times[0]) {
      const picture = time.given ? this.#pictures.shift() : undefined
      if (time.given && picture === undefined) return
      this.#times.shift()
      this.#events.onPicture(picture, time)
    }
  }

  /** A process that outlives the decoder may hold its pipes open; the end is not waited for then. */
  #closePipes(): void {
    for (const pipe of this.#child.stdio) pipe?.destroy()
  }

  #readProcessId(chunk: Buffer): void {
    const found = /"child-pid": (\d+)/.exec(chunk.toString('latin1'))
    if (found !== null) this.#innerPid = Number(found[1])
  }

  #note(error: unknown): void {
    this.#sayings.push(`${String(error)}\n`)
  }

  #leave(exit: DecoderExit): void {
    if (this.#gone) return
    this.#gone = true
    this.#events.onExit(exit)
  }
}

/** A shell's way of saying "died of a signal"; the sandbox says it so too. */
const SIGNAL_CODES = 128

function describeExit(code: number | null, signal: string | null, said: string): DecoderExit {
  const crashed = signal !== null || code === null || code >= SIGNAL_CODES
  const how = signal === null ? `exit ${code}` : `killed by ${signal}`
  return { crashed, detail: said.trim() === '' ? how : `${how}: ${said.trim()}` }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
