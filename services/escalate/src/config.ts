import {
  eventLogSettings,
  healthSettings,
  keySettings,
  logSettings,
  objectSettings,
  policySettings,
  redisSettings,
  setting,
  type ConfigOf,
} from '@streamkeeper/runtime'
import { z } from 'zod'

/** Every environment variable that escalate reads. */
export const settings = {
  ...logSettings,
  ...eventLogSettings,
  ...redisSettings,
  ...objectSettings,
  ...keySettings,
  ...healthSettings,
  ...policySettings,
  alarmUrl: setting('STREAMKEEPER_ALARM_URL', z.url({ protocol: /^https?$/ }).optional(), {
    description: 'Address that alarms are posted to as JSON; not set: they are only logged.',
  }),
}

export type Config = ConfigOf<typeof settings>
