import type { Versioned } from '@streamkeeper/contracts'
import type { FailureReason } from '../classifier.js'
import type { PoolStats } from '../model-pool.js'
import type { Picture } from '../picture.js'
import type { Box } from './box.js'

export interface TextReaderOptions {
  /** Folders with `manifest.json`. Default: those that ship with the repository. */
  detectionDir?: string
  recognitionDir?: string
  /** Child processes for each of the two models, one session and one thread each. Default 1. */
  processes?: number
  /** For one picture, from `read` to its answer, waiting included. Default 10000. */
  deadlineMs?: number
  /** Pictures in work; one more is answered `overloaded` at once. Default 32. */
  queueLimit?: number
  /** A process above this is replaced after its picture. Default 1 GiB. */
  rssLimitBytes?: number
  /** For loading a model into a process. Default 30000. */
  loadDeadlineMs?: number
  /** Lines that the model is less sure of are left out. Default 0.5, the figure of PaddleOCR. */
  leastScore?: number
  /** Streams that are remembered, about 80 KB each; the one that was longest not looked at is forgotten. Default 256. */
  streamLimit?: number
}

export interface TextLine {
  text: string
  /** Mean probability of the letters, 0 to 1. */
  score: number
  /** Corners in pixels of the picture, clockwise from the text's own top left. */
  box: Box
}

/** `failed` means that nobody looked: never take it for a picture without text. For reasons see `ClassifierResult`. */
export type TextReading =
  | { outcome: 'read'; lines: TextLine[]; models: Versioned[] }
  | { outcome: 'failed'; reason: FailureReason; detail: string }

export interface TextReaderStats extends PoolStats {
  /** Streams that are remembered. */
  streams: number
  /** Pictures, or parts of them, in which lines were looked for; and pictures that had not changed. */
  looks: number
  looksSpared: number
  /** Lines that the model read; and lines whose text was known from before, in changed pictures. */
  linesRead: number
  linesKnown: number
}

export interface ReadOptions {
  /** Pictures with the same key are of one stream: what has not changed since is not read again. Without: all is read. */
  streamKey?: string
  /** Where in its stream the picture lies, for the full look each 60 s. Default: the time that passes here. */
  streamTimeMs?: number
}

export interface TextReader {
  readonly models: readonly Versioned[]
  /** Never rejects. */
  read(picture: Picture, options?: ReadOptions): Promise<TextReading>
  /** Drops what is known of a stream, for its end. */
  forget(streamKey: string): void
  stats(): TextReaderStats
  /** Ends all processes; what waits or runs fails. Resolves when they are gone. */
  close(): Promise<void>
}
