import { createHash } from 'node:crypto'
import { createPipeline, type Outcome, type PipelineOptions } from '@streamkeeper/pipeline'
import type { Media } from '../open-media.js'
import { createFetchMediaStep, type AdmittedSegment, type SegmentWithMedia } from '../steps/fetch-media.js'
import { createAddressRules } from './address-rules.js'
import { hostText } from './allowed-hosts.js'
import { createFetchWeb } from './fetch-web.js'
import type { Resolve } from './resolve-host.js'
import type { StageTimes } from './stages.js'

export const bytes = Buffer.alloc(4 * 1024, 'media')

export interface Place {
  readonly hosts?: readonly string[]
  readonly networks?: readonly string[]
  readonly buckets?: readonly string[]
  readonly resolve: Resolve
  readonly ca?: string
  readonly times?: StageTimes
  readonly objects?: Media['objects']
}

export function mediaOf({ hosts = [], networks = [], buckets = [], resolve, ca, times, objects }: Place): Media {
  return {
    rules: { mediaRoot: null, hosts: hosts.map((host) => hostText.parse(host)), buckets },
    fetchWeb: createFetchWeb({
      resolve,
      judge: createAddressRules(networks),
      ...(ca === undefined ? {} : { ca }),
      ...(times === undefined ? {} : { times }),
    }),
    objects: objects ?? { read: () => Promise.reject(new Error('no store')), close: () => Promise.resolve() },
    close: () => Promise.resolve(),
  }
}

/** An admitted segment that refers to its media; the other fields are no matter of the step. */
export function segmentAt(url: string, about: { size?: number; sha256?: string; streamId?: string } = {}) {
  const { size = bytes.length, sha256 = createHash('sha256').update(bytes).digest('hex'), streamId = 'room' } = about
  const data = { streamId, sequence: 0, streamTimeMs: 0, durationMs: 2_000, mediaType: 'video/mp2t', size, sha256, url }
  return { event: { type: 'live.segment.published', subject: streamId, data } } as unknown as AdmittedSegment
}

/** The step as the service runs it, with its retries and its deadline. */
export function bringer(media: Media, { timing, ...options }: PipelineOptions = {}) {
  const now = timing === undefined ? Date.now : () => timing.now()
  const pipeline = createPipeline<AdmittedSegment>(
    'test',
    timing === undefined ? options : { timing, ...options },
  ).step(createFetchMediaStep({ media, now }))
  return (segment: AdmittedSegment, signal = new AbortController().signal): Promise<Outcome<SegmentWithMedia>> =>
    pipeline.run(segment, { signal, progress: () => undefined })
}
