import { z } from 'zod'
import { modelFields } from '../manifest.js'

const Three = z.tuple([z.number(), z.number(), z.number()])
const Open = z.null()

/** How bytes become numbers: (byte / 255 - mean) / deviation, by channel in the order that `colour` says. */
const pixelFields = {
  name: z.string().min(1),
  layout: z.literal('NCHW'),
  colour: z.enum(['rgb', 'bgr']),
  mean: Three,
  deviation: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
}

/** `models/ocr-detection/manifest.json`: a picture in, for each of its pixels how likely it lies inside a line of text. */
export const DetectionManifest = z.strictObject({
  ...modelFields,
  input: z.strictObject({
    ...pixelFields,
    /** One picture of any size: [1, 3, height, width]. */
    shape: z.tuple([z.literal(1), z.literal(3), Open, Open]),
    /** The longer side of what the model is shown; larger pictures are made smaller, smaller ones are left. */
    longestSide: z.int().min(32).max(2048),
    /** Both sides are multiples of this. */
    multipleOf: z.int().min(1).max(64),
  }),
  output: z.strictObject({
    name: z.string().min(1),
    shape: z.tuple([z.literal(1), z.literal(1), Open, Open]),
    kind: z.literal('text-map'),
  }),
})
export type DetectionManifest = z.infer<typeof DetectionManifest>

/** `models/ocr-recognition/manifest.json`: one line of text in, for each step along it a letter or none (CTC). */
export const RecognitionManifest = z.strictObject({
  ...modelFields,
  input: z.strictObject({
    ...pixelFields,
    /** One line of any width: [1, 3, height, width]. */
    shape: z.tuple([z.literal(1), z.literal(3), z.int().min(8).max(256), Open]),
    /** Widths that the model is shown, in pixels; a longer line is squeezed, a shorter one gets empty ground. */
    widths: z.strictObject({ least: z.int().min(8), most: z.int().max(4096), multipleOf: z.int().min(1).max(64) }),
  }),
  output: z.strictObject({
    name: z.string().min(1),
    /** [1, steps, classes]: class 0 is no letter, the last one a space, those between are the lines of `keys`. */
    shape: z.tuple([z.literal(1), Open, z.int().min(3).max(100_000)]),
    kind: z.literal('ctc'),
  }),
  keys: z.strictObject({ file: modelFields.file, sha256: modelFields.sha256 }),
})
export type RecognitionManifest = z.infer<typeof RecognitionManifest>
