import {
  eventLogSettings,
  healthSettings,
  integerText,
  logSettings,
  objectSettings,
  setting,
  type ConfigOf,
} from '@streamkeeper/runtime'
import { z } from 'zod'

/** Every environment variable that archive reads. */
export const settings = {
  ...logSettings,
  ...eventLogSettings,
  ...objectSettings,
  ...healthSettings,
  profile: setting('STREAMKEEPER_PROFILE', z.string().regex(/^[a-z0-9-]{1,32}$/, 'expected the id of a profile'), {
    description: 'Jurisdiction profile that says for how long things are kept.',
    default: 'cn',
  }),
  spoolKeepMs: setting('STREAMKEEPER_SPOOL_KEEP_MS', integerText(0, 2_592_000_000), {
    description: 'What is sealed stays in the spool for so long, in milliseconds.',
    default: '86400000',
  }),
  sealAfterMs: setting('STREAMKEEPER_SEAL_AFTER_MS', integerText(100, 86_400_000), {
    description: 'Log batches that are older are sealed, in milliseconds.',
    default: '60000',
  }),
}

export type Config = ConfigOf<typeof settings>
