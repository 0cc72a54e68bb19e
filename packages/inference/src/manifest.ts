import { Label } from '@streamkeeper/contracts'
import { z } from 'zod'

/** A file name below the model's folder: plain segments, so that it cannot leave the folder on any system. */
const RelativeFile = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
    'must be a plain path below the model folder',
  )

/** What every manifest says, whatever its model does. */
export const modelFields = {
  schemaVersion: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  version: z.string().min(1).max(64),
  file: RelativeFile,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.string().min(1),
  source: z.string().min(1),
}

const Side = z.int().min(1).max(2048)
const Probability = z.number().min(0).max(1)

const Input = z
  .strictObject({
    name: z.string().min(1),
    /** One picture: [1, height, width, 3] for NHWC, [1, 3, height, width] for NCHW. */
    shape: z.tuple([z.literal(1), Side, Side, Side]),
    layout: z.enum(['NHWC', 'NCHW']),
    colour: z.enum(['rgb', 'bgr']),
    /** What a byte of 0 and a byte of 255 become. */
    range: z.tuple([z.number(), z.number()]),
    resize: z.literal('bilinear-align-corners'),
  })
  .refine(
    ({ shape, layout }) => shape[layout === 'NHWC' ? 3 : 1] === 3,
    'shape does not have 3 channels where layout says',
  )

const Output = z.strictObject({
  name: z.string().min(1),
  shape: z.tuple([z.literal(1), z.int().min(1).max(10_000)]),
  /** `distribution`: scores add up to 1 (softmax). `independent`: each is a probability of its own (sigmoid). */
  kind: z.enum(['distribution', 'independent']),
})

/** What the makers of the model suggest; the policy in force decides. Severity 0 to 100, 100 worst. */
const Threshold = z
  .strictObject({ severity: z.int().min(0).max(100), review: Probability, act: Probability })
  .refine(({ review, act }) => review <= act, 'review lies above act')

/** `models/<name>/manifest.json`: what a model is, what it eats, and what its answers mean in our label codes. */
export const Manifest = z
  .strictObject({
    ...modelFields,
    input: Input,
    output: Output,
    /** In the order of the model's output. `label` is null for what is no violation. */
    labels: z.array(z.strictObject({ raw: z.string().min(1), label: Label.nullable() })).min(1),
    thresholds: z.partialRecord(Label, Threshold),
  })
  .superRefine((manifest, context) => {
    const { labels, output, thresholds } = manifest
    const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (labels.length !== output.shape[1]) complain('labels', `${labels.length} labels for ${output.shape[1]} outputs`)
    if (new Set(labels.map(({ raw }) => raw)).size !== labels.length) complain('labels', 'a raw label stands twice')
    for (const { label } of labels) {
      if (label !== null && thresholds[label] === undefined) complain('thresholds', `none for ${label}`)
    }
  })
export type Manifest = z.infer<typeof Manifest>
