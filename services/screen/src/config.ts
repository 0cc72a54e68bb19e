import {
  eventLogSettings,
  healthSettings,
  integerText,
  listText,
  logSettings,
  objectSettings,
  policySettings,
  redisSettings,
  setting,
  type ConfigOf,
} from '@streamkeeper/runtime'
import { z } from 'zod'

/** Every environment variable that screen reads. */
export const settings = {
  ...logSettings,
  ...eventLogSettings,
  ...objectSettings,
  ...healthSettings,
  ...policySettings,
  ...redisSettings,
  lexicons: setting('STREAMKEEPER_LEXICONS', listText(z.string()).optional(), {
    description: 'Lexicon files (CSV) between commas; not set: the demo lexicon.',
  }),
  expressions: setting('STREAMKEEPER_EXPRESSIONS', listText(z.string()).optional(), {
    description:
      'Files of regular expressions (CSV, RE2) between commas; not set: those that are shipped, for contacts and links.',
  }),
  modelsFolder: setting('STREAMKEEPER_MODELS_DIR', z.string().min(1).optional(), {
    description:
      'Folder that holds a folder with manifest.json for each model that the policy names; not set: the models that are shipped.',
  }),
  pictureBanks: setting('STREAMKEEPER_PICTURE_BANKS', listText(z.string()).optional(), {
    description: 'Banned pictures between commas: CSV files, or folders of pictures. The test card is always one.',
  }),
  unsandboxed: setting('STREAMKEEPER_UNSANDBOXED', z.literal('i-accept-the-risk').optional(), {
    description: 'i-accept-the-risk: decode media without the sandbox where bubblewrap cannot work.',
  }),
  decoders: setting('STREAMKEEPER_DECODERS', integerText(1, 2_000), {
    description: 'At most so many decoder processes at once.',
    default: '400',
  }),
  streamSegments: setting('STREAMKEEPER_STREAM_SEGMENTS', integerText(2, 64), {
    description:
      'So many segments of one stream, with their pictures, are decoded and looked at at once; more wait in the log.',
    default: '4',
  }),
  fullDecodes: setting('STREAMKEEPER_FULL_DECODES', integerText(0, 2_000).optional(), {
    description:
      'At most so many streams at once whose every picture is decoded, since they have no keyframe for 10 s; each takes about 6 % of a core at 720p. More of that kind are looked at only at their keyframes (overload); not set: 8 a core.',
  }),
  inferenceProcesses: setting('STREAMKEEPER_INFERENCE_PROCESSES', integerText(1, 64), {
    description: 'Processes of one thread a model.',
    default: '1',
  }),
}

export type Config = ConfigOf<typeof settings>
