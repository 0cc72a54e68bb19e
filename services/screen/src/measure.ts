import type { DecoderPool } from '@streamkeeper/media'
import type { Metrics } from '@streamkeeper/runtime'
import type { Eyes } from './eyes.js'
import type { PictureFloods } from './picture-floods.js'
import type { Sampling } from './sampling/sampling.js'

interface Measured {
  readonly decoders: Pick<DecoderPool, 'size'>
  readonly sampling: Pick<Sampling, 'lagMs'>
  readonly pictureFloods: Pick<PictureFloods, 'countHeldBack'>
  readonly eyes: Pick<Eyes, 'models' | 'textReader'> | null
}

/** What the processes below this service do, as metrics. */
export function createMeasure(
  { decoders, sampling, pictureFloods, eyes }: Measured,
  metrics: Metrics,
): () => Promise<void> {
  const live = metrics.gauge('streamkeeper_decoders', 'Streams that have a decoder now')
  const lag = metrics.gauge('streamkeeper_sampling_lag_seconds', 'How far the looks are behind the broker')
  const heldBack = metrics.gauge('streamkeeper_held_back_sources', 'Sources of hits in pictures that are held back')
  const waiting = metrics.gauge('streamkeeper_model_waiting_pictures', 'Pictures that wait for a model', ['model'])
  const processes = metrics.gauge('streamkeeper_model_processes', 'Processes of a model that run', ['model'])
  const restarts = metrics.gauge('streamkeeper_model_restarts', 'Model processes replaced since the start', ['model'])
  return async () => {
    live.set(decoders.size)
    lag.set(sampling.lagMs / 1000)
    heldBack.set(pictureFloods.countHeldBack())
    const reader = eyes?.textReader ?? null
    const told = [
      ...(eyes?.models.current ?? []).map(({ classifier }) => ({
        model: classifier.model.name,
        now: classifier.stats(),
      })),
      ...(reader === null ? [] : [{ model: 'text-reader', now: reader.stats() }]),
    ]
    for (const { model, now } of told) {
      waiting.set({ model }, now.waiting)
      processes.set({ model }, now.pids.length)
      restarts.set({ model }, now.restarts)
    }
  }
}
