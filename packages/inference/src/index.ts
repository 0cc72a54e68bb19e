export {
  createClassifier,
  type Classifier,
  type ClassifierOptions,
  type ClassifierResult,
  type ClassifierStats,
  type FailureReason,
  type ModelIdentity,
} from './classifier.js'
export { loadManifest, loadModel, type LoadedModel } from './load-model.js'
export { Manifest } from './manifest.js'
export { ModelRefusedError, type RefusalReason } from './model-refused-error.js'
export { modelDir, modelsDir, testCardBankPath, testCardPath } from './paths.js'
export type { Picture } from './picture.js'
export { readCodes, type Code } from './read-codes.js'
export type { LabelScore } from './read-scores.js'
export { isTestCardCode, TEST_CARD_PAYLOAD } from './test-card.js'
export { createTextReader } from './text-reader/create-text-reader.js'
export type {
  ReadOptions,
  TextLine,
  TextReader,
  TextReaderOptions,
  TextReaderStats,
  TextReading,
} from './text-reader/text-reading.js'
