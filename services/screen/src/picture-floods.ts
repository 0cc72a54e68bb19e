import { createHash } from 'node:crypto'
import type { PictureFloodLimits, SignalRaised } from '@streamkeeper/contracts'
import type { EntryHits } from '@streamkeeper/redis'
import type { Logger } from '@streamkeeper/runtime'
import { entryName } from './floods.js'
import { StreamBreaker } from './stream-breaker.js'

/** Counts the streams that sources of hits in pictures hit, and holds back those that hit too many. */
export interface PictureFloods {
  /**
   * Counts a look at a stream and what it found. A signal all of whose sources are held back comes back marked: one stream in
   * so many as a sample for people, the others for the record alone.
   */
  mark(streamId: string, signals: readonly SignalRaised[]): readonly SignalRaised[]
  /** How many sources are held back by this process. */
  countHeldBack(): number
  /** Says where people see it what is held back. Throws RetriableError when Redis is away. */
  flush(): Promise<void>
}

export interface PictureFloodParts {
  readonly limits: PictureFloodLimits
  readonly hits: Pick<EntryHits, 'hold'>
  readonly logger: Pick<Logger, 'error'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export function createPictureFloods({ limits, hits, logger, now }: PictureFloodParts): PictureFloods {
  const breaker = new StreamBreaker(limits)
  let told: ReadonlySet<string> = new Set()

  return {
    mark: (streamId, signals) => {
      const held = new Set(breaker.count(streamId, signals.flatMap(sourcesOf), now()))
      if (held.size === 0) return signals
      for (const source of held)
        if (!told.has(source)) logger.error({ source }, 'a source hits too many streams, it is held back')
      told = new Set([...told, ...held])
      const heldBack = isSample(streamId, limits) ? 'sample' : 'record'
      return signals.map((signal) => (isHeldBack(signal, held) ? { ...signal, heldBack } : signal))
    },
    countHeldBack: () => breaker.tripped(now()).length,
    flush: async () => {
      const tripped = breaker.tripped(now())
      told = new Set(tripped)
      if (tripped.length > 0) await hits.hold(tripped, now() + heldShownMs, 'pictures')
    },
  }
}

/** Said again at each flush while it holds: a process that dies leaves no source held for ever. */
const heldShownMs = 60_000

/** One that another source found too goes on as it is. */
function isHeldBack(signal: SignalRaised, held: ReadonlySet<string>): boolean {
  const sources = sourcesOf(signal)
  return sources.length > 0 && sources.every((source) => held.has(source))
}

/**
 * What a hit came from: a banned picture, words, or a label of a model. None of what may hit as many streams as it likes: a
 * shadow, on which no rule fires, and the card of drills.
 */
function sourcesOf({ shadow, label, source, evidence }: SignalRaised): string[] {
  if (shadow || label === 'TEST_CARD') return []
  if (evidence?.banned !== undefined) {
    const { list, note, hash = '' } = evidence.banned
    return [[list, label, note, hash.slice(0, 12)].filter((part) => part !== '').join(' ')]
  }
  if (evidence?.matches !== undefined) return evidence.matches.map(entryName)
  return [`${source.name} ${label}`]
}

/** By the stream's own name, so that a replay takes the same ones. */
function isSample(streamId: string, { sampleOf }: PictureFloodLimits): boolean {
  return createHash('sha256').update(streamId).digest().readUInt32BE(0) % sampleOf === 0
}
