import { ModelPool } from '../model-pool.js'
import { modelDir } from '../paths.js'
import type { Interface } from '../protocol.js'
import { loadDetection, loadRecognition } from './load-text-models.js'
import { PooledReader } from './pooled-reader.js'
import type { TextReader, TextReaderOptions } from './text-reading.js'

const DEFAULTS = {
  processes: 1,
  deadlineMs: 10_000,
  queueLimit: 32,
  rssLimitBytes: 2 ** 30,
  loadDeadlineMs: 30_000,
  // A quarter of what a classifier gets beside it: what the others find is published before, and nobody waits for text.
  niceness: 5,
  leastScore: 0.5,
  streamLimit: 256,
}

/** Checks both models, starts their processes and waits until they can work. Rejects with ModelRefusedError. */
export async function createTextReader(options: TextReaderOptions = {}): Promise<TextReader> {
  const settings = { ...DEFAULTS, ...options }
  const detection = await loadDetection(options.detectionDir ?? modelDir('ocr-detection'))
  const recognition = await loadRecognition(options.recognitionDir ?? modelDir('ocr-recognition'))
  const startPool = (bytes: Uint8Array, { input, output, answer }: Interface) =>
    // The reader bounds its pictures, and so what waits here.
    new ModelPool({ bytes, input, output, answer }, { ...settings, queueLimit: Infinity })
  const pools = {
    detection: startPool(detection.bytes, { ...detection.manifest, answer: 'all' }),
    recognition: startPool(recognition.bytes, { ...recognition.manifest, answer: 'ctc' }),
  }
  const reader = new PooledReader({ detection: detection.manifest, recognition }, pools, settings)
  try {
    await Promise.all([pools.detection.start(), pools.recognition.start()])
  } catch (error) {
    await reader.close()
    throw error
  }
  return reader
}
