import {
  eventLogSettings,
  healthSettings,
  integerText,
  logSettings,
  objectSettings,
  policySettings,
  redisSettings,
  setting,
  type ConfigOf,
} from '@streamkeeper/runtime'
import { z } from 'zod'

/** Every environment variable that ingest reads. */
export const settings = {
  ...logSettings,
  ...eventLogSettings,
  ...redisSettings,
  ...objectSettings,
  ...healthSettings,
  ...policySettings,
  mediaRoot: setting('STREAMKEEPER_MEDIA_ROOT', z.string().optional(), {
    description: 'Folder that file:// references to media may point into; not set: no file is read.',
  }),
  windowMs: setting('STREAMKEEPER_WINDOW_MS', integerText(1_000, 3_600_000), {
    description: 'Length of stream time that the archive packs into one object, in milliseconds.',
    default: '300000',
  }),
  keepMarksMs: setting('STREAMKEEPER_KEEP_MARKS_MS', integerText(60_000, 604_800_000), {
    description: 'For how long an id that came in is known again, in milliseconds.',
    default: '86400000',
  }),
  silenceMs: setting('STREAMKEEPER_WINDOW_SILENCE_MS', integerText(1_000, 3_600_000), {
    description: 'Silence after which an open window is closed, in milliseconds.',
    default: '60000',
  }),
  deadStreamMs: setting('STREAMKEEPER_DEAD_STREAM_MS', integerText(10_000, 86_400_000), {
    description: 'A stream without any record for so long is ended, in milliseconds.',
    default: '600000',
  }),
}

export type Config = ConfigOf<typeof settings>
