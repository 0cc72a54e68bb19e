import { spawn } from 'node:child_process'
import { PictureReader, TimeReader } from './picture-reader.js'
import { readProcessUse } from './read-process-use.js'
/** Of what the decoder says on stderr, so much is kept; the rest is read and thrown away. */ const KEPT_SAYINGS = 400
/** So long after the exit may the last output take to be read. */ const GRACE_MS = 5000
/** One decoder in its sandbox: media in, pictures with their times out. No error of a pipe is left unheard. */ export class DecoderProcess {
  #child
  #events
  #pictures = []
  #times = []
  #said = ''
  #innerPid
  #gone = false
  constructor(sandbox, words, events) {
    const [program = '', ...rest] = [...sandbox.prefix, sandbox.ffmpeg, ...words]
    this.#events = events
    this.#child = spawn(program, rest, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    })
    if (!sandbox.tellsProcessId) this.#innerPid = this.#child.pid
    this.#listen()
  }
  /** The process that decodes (not the one that holds its walls), once it is known. */ get pid() {
    return this.#innerPid
  }
  /** Every process that belongs to this decoder. */ get pids() {
    const both = [this.#child.pid, this.#innerPid].filter((pid) => pid !== undefined)
    return [...new Set(both)]
  }
  /** What the decoder has used in its life; undefined when it is gone or not there yet. */ use() {
    return this.#innerPid === undefined || this.#gone ? undefined : readProcessUse(this.#innerPid)
  }
  /** Resolves when the decoder's pipe has taken all bytes, or will take none any more. */ write(bytes) {
    const { stdin } = this.#child
    if (stdin === null || this.#gone || stdin.destroyed) return Promise.resolve()
    // Node calls back too when the pipe breaks; the exit tells what that means.
    return new Promise((resolve) => stdin.write(bytes, () => resolve()))
  }
  /** No more media: the decoder gives what it still holds, and exits. */ end() {
    this.#child.stdin?.end()
  }
  kill() {
    this.#child.kill('SIGKILL')
    // The walls fall by themselves when the first process is gone; this is for the case without walls.
    if (this.#innerPid !== undefined && this.#innerPid !== this.#child.pid) killQuietly(this.#innerPid)
  }
  #listen() {
    const child = this.#child
    const pictures = new PictureReader((picture) => this.#pair(() => this.#pictures.push(picture)))
    const times = new TimeReader((time) => this.#pair(() => this.#times.push(time)))
    const [, , , timePipe, infoPipe] = child.stdio
    this.#read(child.stdout, (chunk) => pictures.push(chunk))
    this.#read(timePipe, (chunk) => times.push(chunk))
    this.#read(infoPipe, (chunk) => this.#readProcessId(chunk))
    this.#read(child.stderr, (chunk) => (this.#said = (this.#said + chunk.toString()).slice(-KEPT_SAYINGS)))
    child.stdin?.on('error', (error) => this.#note(error))
    child.on('error', (error) => {
      this.#note(error)
      if (child.pid === undefined)
        this.#leave({
          crashed: true,
          detail: this.#said,
        })
    })
    child.on('exit', () => setTimeout(() => this.#closePipes(), GRACE_MS).unref())
    child.on('close', (code, signal) => this.#leave(describeExit(code, signal, this.#said)))
  }
  #read(pipe, take) {
    pipe?.on('error', (error) => this.#note(error))
    pipe?.on('data', (chunk) => {
      try {
        take(chunk)
      } catch (error) {
        this.#note(error)
        this.kill()
      }
    })
  }
  /** Times come in order; one whose picture is still on its way holds up those behind it. */ #pair(add) {
    add()
    for (let time = this.#times[0]; time !== undefined && !this.#gone; time = this.#times[0]) {
      const picture = time.given ? this.#pictures.shift() : undefined
      if (time.given && picture === undefined) return
      this.#times.shift()
      this.#events.onPicture(picture, time)
    }
  }
  /** A process that outlives the decoder may hold its pipes open; the end is not waited for then. */ #closePipes() {
    for (const pipe of this.#child.stdio) pipe?.destroy()
  }
  #readProcessId(chunk) {
    const found = /"child-pid": (\d+)/.exec(chunk.toString('latin1'))
    if (found !== null) this.#innerPid = Number(found[1])
  }
  #note(error) {
    this.#said = (this.#said + String(error)).slice(-KEPT_SAYINGS)
  }
  #leave(exit) {
    if (this.#gone) return
    this.#gone = true
    this.#events.onExit(exit)
  }
}
/** A shell's way of saying "died of a signal"; the sandbox says it so too. */ const SIGNAL_CODES = 128
function describeExit(code, signal, said) {
  const crashed = signal !== null || code === null || code >= SIGNAL_CODES
  const how = signal === null ? `exit ${code}` : `killed by ${signal}`
  return {
    crashed,
    detail: said.trim() === '' ? how : `${how}: ${said.trim()}`,
  }
}
function killQuietly(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

//# sourceMappingURL=decoder-process.js.map
