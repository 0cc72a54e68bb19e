import type { Classifier } from '@streamkeeper/inference'
import type { DecoderPool } from '@streamkeeper/media'
import type { Metrics } from '@streamkeeper/runtime'

interface Measured {
  readonly decoders: Pick<DecoderPool, 'size'>
  readonly classifiers: readonly Pick<Classifier, 'model' | 'stats'>[] | null
}

/** What the processes below this service do, as metrics. */
export function createMeasure({ decoders, classifiers }: Measured, metrics: Metrics): () => Promise<void> {
  const live = metrics.gauge('streamkeeper_decoders', 'Streams that have a decoder now')
  const waiting = metrics.gauge('streamkeeper_model_waiting_pictures', 'Pictures that wait for a model', ['model'])
  const processes = metrics.gauge('streamkeeper_model_processes', 'Processes of a model that run', ['model'])
  const restarts = metrics.gauge('streamkeeper_model_restarts', 'Model processes replaced since the start', ['model'])
  return async () => {
    live.set(decoders.size)
    for (const classifier of classifiers ?? []) {
      const { model } = classifier
      const now = classifier.stats()
      waiting.set({ model: model.name }, now.waiting)
      processes.set({ model: model.name }, now.pids.length)
      restarts.set({ model: model.name }, now.restarts)
    }
  }
}
