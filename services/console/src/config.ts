import {
  databaseSettings,
  healthSettings,
  integerText,
  keySettings,
  logSettings,
  objectSettings,
  redisSettings,
  policySettings,
  setting,
  type ConfigOf,
} from '@streamkeeper/runtime'
import { z } from 'zod'

/** Every environment variable that console reads. */
export const settings = {
  ...logSettings,
  ...databaseSettings,
  ...redisSettings,
  ...objectSettings,
  ...keySettings,
  ...healthSettings,
  ...policySettings,
  consolePort: setting('STREAMKEEPER_CONSOLE_PORT', integerText(0, 65_535), {
    description: 'Port of the page; 0: any free one.',
    default: '8080',
  }),
  consoleHost: setting('STREAMKEEPER_CONSOLE_HOST', z.string(), {
    description: 'Address that the page listens on.',
    default: '127.0.0.1',
  }),
  localToken: setting('STREAMKEEPER_LOCAL_TOKEN', z.string().min(16).optional(), {
    description: 'Token of the command line on this machine, which acts as an admin.',
    secret: true,
  }),
}

export type Config = ConfigOf<typeof settings>
