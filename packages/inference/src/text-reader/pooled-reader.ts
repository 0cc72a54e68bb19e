import type { Versioned } from '@streamkeeper/contracts'
import type { FailureReason } from '../classifier.js'
import type { ModelPool } from '../model-pool.js'
import { findPictureFault, type Picture } from '../picture.js'
import { farthestCorner, measureBox, type Box } from './box.js'
import { measureCells } from './cells.js'
import { detectLines, type Failed } from './detect-lines.js'
import { looksSame } from './fingerprint.js'
import type { RecognitionModel } from './load-text-models.js'
import { FULL_LOOK_MS, planLook, type Look } from './plan-look.js'
import { cutLine, recogniseLine } from './recognise-line.js'
import { StreamMemories, type KnownLine } from './stream-memory.js'
import type { DetectionManifest } from './text-manifest.js'
import type { ReadOptions, TextReader, TextReaderStats, TextReading } from './text-reading.js'

interface Models {
  detection: DetectionManifest
  recognition: Pick<RecognitionModel, 'manifest' | 'letters'>
}

interface Settings {
  deadlineMs: number
  queueLimit: number
  leastScore: number
  streamLimit: number
}

/** One picture on its way. Times are in milliseconds: `atMs` of the stream, `dueAtMs` of this process. */
interface Task {
  picture: Picture
  atMs: number
  dueAtMs: number
}

type ReadLines = { ok: true; lines: KnownLine[] } | Failed

/** Of a picture; one with more is full of noise, or made to keep us busy. */
const MOST_LINES = 100
/** How far the corners of a line may move, as a share of its height, for it to be the line that is known. */
const SAME_PLACE = 0.25

/** A text reader over a pool for each of its two models, with a memory for each stream. */
export class PooledReader implements TextReader {
  readonly models: Versioned[]
  readonly #memories: StreamMemories
  #inWork = 0
  #closed = false
  readonly #counts = { looks: 0, looksSpared: 0, linesRead: 0, linesKnown: 0 }

  constructor(
    private readonly known: Models,
    private readonly pools: { detection: ModelPool; recognition: ModelPool },
    private readonly settings: Settings,
  ) {
    const manifests = [known.detection, known.recognition.manifest]
    this.models = manifests.map(({ name, version, sha256 }) => ({ name, version, sha256 }))
    this.#memories = new StreamMemories(settings.streamLimit)
  }

  async read(picture: Picture, options: ReadOptions = {}): Promise<TextReading> {
    const fault = this.#closed ? 'the text reader is closed' : findPictureFault(picture)
    if (fault !== undefined) return fail('refused', fault)
    const { queueLimit } = this.settings
    if (this.#inWork >= queueLimit) return fail('overloaded', `${queueLimit} pictures are in work`)
    this.#inWork++
    try {
      return this.#answer(await this.#readLines(picture, options))
    } finally {
      this.#inWork--
    }
  }

  forget(streamKey: string): void {
    this.#memories.forget(streamKey)
  }

  stats(): TextReaderStats {
    const [one, other] = [this.pools.detection.stats(), this.pools.recognition.stats()]
    return {
      waiting: one.waiting + other.waiting,
      running: one.running + other.running,
      restarts: one.restarts + other.restarts,
      pids: [...one.pids, ...other.pids],
      streams: this.#memories.size,
      ...this.#counts,
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([this.pools.detection.close(), this.pools.recognition.close()])
  }

  #answer(result: ReadLines): TextReading {
    if (!result.ok) return fail(result.reason, result.detail)
    const sure = result.lines.filter(({ text, score }) => text !== '' && score >= this.settings.leastScore)
    return { outcome: 'read', lines: sure.map(({ text, score, box }) => ({ text, score, box })), models: this.models }
  }

  async #readLines(picture: Picture, { streamKey, streamTimeMs }: ReadOptions): Promise<ReadLines> {
    const task: Task = {
      picture,
      atMs: streamTimeMs ?? performance.now(),
      dueAtMs: performance.now() + this.settings.deadlineMs,
    }
    if (streamKey === undefined) return this.#look(task, planLook(picture, undefined, task.atMs, undefined))
    const cells = measureCells(picture)
    const memory = this.#memories.get(streamKey)
    const look = planLook(picture, cells, task.atMs, memory)
    const result = await this.#look(task, look)
    // What failed leaves the memory as it was: the next picture is compared with what was really read.
    if (!result.ok || look.area === undefined) return result
    const lookedAtMs = look.full ? task.atMs : (memory?.lookedAtMs ?? task.atMs)
    this.#memories.set(streamKey, {
      width: picture.width,
      height: picture.height,
      cells,
      lines: result.lines,
      lookedAtMs,
    })
    return result
  }

  async #look(task: Task, { area, kept, known }: Look): Promise<ReadLines> {
    if (area === undefined) {
      this.#counts.looksSpared++
      return { ok: true, lines: [...kept] }
    }
    this.#counts.looks++
    const { picture } = task
    const found = await detectLines(this.pools.detection, this.known.detection.input, {
      picture,
      area,
      deadlineMs: left(task),
    })
    if (!found.ok) return found
    const boxes = inReadingOrder(found.boxes).slice(0, MOST_LINES)
    const lines: KnownLine[] = []
    for (const result of await Promise.all(boxes.map((box) => this.#readLine(task, box, known)))) {
      if (!result.ok) return result
      lines.push(result.line)
    }
    return { ok: true, lines: [...kept, ...lines] }
  }

  async #readLine(task: Task, box: Box, known: readonly KnownLine[]): Promise<{ ok: true; line: KnownLine } | Failed> {
    const before = this.#findUnchanged(task, box, known)
    if (before !== undefined) {
      this.#counts.linesKnown++
      return { ok: true, line: before }
    }
    this.#counts.linesRead++
    const { recognition } = this.known
    const cut = cutLine(task.picture, box, recognition.manifest.input)
    const read = await recogniseLine(this.pools.recognition, recognition, { ...cut, deadlineMs: left(task) })
    if (!read.ok) return read
    // The ground before and after a line is often read as a space.
    return {
      ok: true,
      line: { box, text: read.text.trim(), score: read.score, fingerprint: cut.fingerprint, readAtMs: task.atMs },
    }
  }

  /** The line that was read in this place, if the same pixels still look the same. */
  #findUnchanged({ picture, atMs }: Task, box: Box, known: readonly KnownLine[]): KnownLine | undefined {
    const { input } = this.known.recognition.manifest
    const reach = SAME_PLACE * measureBox(box).height
    return known.find((line) => {
      const age = atMs - line.readAtMs
      if (age < 0 || age >= FULL_LOOK_MS || farthestCorner(line.box, box) > reach) return false
      return looksSame(line.fingerprint, cutLine(picture, line.box, input).fingerprint)
    })
  }
}

/** What is left of the time for a picture; a deadline that has passed fails at the next turn. */
function left({ dueAtMs }: Task): number {
  return Math.max(1, dueAtMs - performance.now())
}

/** From the top down, and in one row from the left: words that a gap tore apart stand side by side again. */
function inReadingOrder(boxes: readonly Box[]): Box[] {
  const middle = (box: Box) => (box[0][1] + box[2][1]) / 2
  const rows: Box[][] = []
  for (const box of [...boxes].sort((one, other) => middle(one) - middle(other))) {
    const row = rows.at(-1)
    const [first] = row ?? []
    const inRow = first !== undefined && middle(box) - middle(first) < measureBox(first).height / 2
    if (row !== undefined && inRow) row.push(box)
    else rows.push([box])
  }
  return rows.flatMap((row) => row.sort(([[one]], [[other]]) => one - other))
}

function fail(reason: FailureReason, detail: string): TextReading {
  return { outcome: 'failed', reason, detail }
}
