import {
  bucketName,
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
import { hostText, ownNetworkText } from './media/allowed-hosts.js'

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
  mediaHosts: setting('STREAMKEEPER_MEDIA_HOSTS', listText(hostText), {
    description:
      'Hosts that https:// references to media may name, between commas: host, host:port, *.host for all names below it, http://host:port without TLS.',
    default: '',
  }),
  mediaNetworks: setting('STREAMKEEPER_MEDIA_PRIVATE_ADDRESSES', listText(ownNetworkText), {
    description:
      'Private networks that those hosts may lie in, as address/length between commas; not set: none. Metadata and link-local addresses are never reached.',
    default: '',
  }),
  mediaBuckets: setting('STREAMKEEPER_MEDIA_BUCKETS', listText(bucketName), {
    description: 'Buckets of the S3 store that s3:// references to media may name, between commas.',
    default: '',
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
