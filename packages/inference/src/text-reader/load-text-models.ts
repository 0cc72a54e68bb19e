import { loadModelOf, readDigested, type LoadedModel } from '../load-model.js'
import { ModelRefusedError } from '../model-refused-error.js'
import { DetectionManifest, RecognitionManifest } from './text-manifest.js'

const KEYS_LIMIT = 1024 * 1024

export interface RecognitionModel extends LoadedModel<RecognitionManifest> {
  /** What each class stands for; the first is no letter. */
  letters: string[]
}

/** Reads and checks the model that finds lines. Throws ModelRefusedError. */
export function loadDetection(dir: string): Promise<LoadedModel<DetectionManifest>> {
  return loadModelOf(dir, DetectionManifest)
}

/** Reads and checks the model that reads lines, with its list of letters. Throws ModelRefusedError. */
export async function loadRecognition(dir: string): Promise<RecognitionModel> {
  const { manifest, bytes } = await loadModelOf(dir, RecognitionManifest)
  const keys = (await readDigested(dir, manifest.keys, KEYS_LIMIT)).toString('utf8').split(/\r?\n/)
  if (keys.at(-1) === '') keys.pop()
  const letters = ['', ...keys, ' ']
  const [, , classes] = manifest.output.shape
  if (letters.length === classes) return { manifest, bytes, letters }
  throw new ModelRefusedError('manifest', `${manifest.keys.file} makes ${letters.length} classes, not ${classes}`)
}
