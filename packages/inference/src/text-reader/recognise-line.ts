import type { ModelPool } from '../model-pool.js'
import type { Picture } from '../picture.js'
import { measureBox, type Box } from './box.js'
import { decodeCtc } from './decode-ctc.js'
import type { Failed } from './detect-lines.js'
import { fingerprintOf } from './fingerprint.js'
import { sampleBox } from './sample-box.js'
import type { RecognitionManifest } from './text-manifest.js'

/** A line cut out of its picture, ready for the model. */
export interface Cut {
  tensor: Float32Array
  width: number
  fingerprint: Int16Array
}

export type RecognisedLine = { ok: true; text: string; score: number } | Failed

/** Cuts a line out, upright, at the height that the model wants. */
export function cutLine(picture: Picture, box: Box, input: RecognitionManifest['input']): Cut {
  const [, , height] = input.shape
  const { least, most, multipleOf } = input.widths
  const sides = measureBox(box)
  const filled = Math.min(most, Math.max(1, Math.round((sides.width * height) / Math.max(1, sides.height))))
  const width = Math.min(most, Math.max(least, Math.ceil(filled / multipleOf) * multipleOf))
  const tensor = sampleBox(picture, box, { ...input, width, height, filled })
  return { tensor, width, fingerprint: fingerprintOf(tensor, width, input.deviation) }
}

/**
 * Reads one line. Lines are not run in batches: one thread takes 31 ms for a line of 320 pixels, 136 ms for four in one
 * run, so that a batch only adds what it pads.
 */
export async function recogniseLine(
  pool: ModelPool,
  { manifest, letters }: { manifest: RecognitionManifest; letters: readonly string[] },
  { tensor, width, deadlineMs }: Cut & { deadlineMs: number },
): Promise<RecognisedLine> {
  const [, , height] = manifest.input.shape
  const result = await pool.run(() => ({ values: tensor, shape: [1, 3, height, width] }), deadlineMs)
  if (!result.ok) return result
  const read = decodeCtc(result.values, letters)
  return read.ok ? read : { ok: false, reason: 'nan', detail: read.detail }
}
