import { join } from 'node:path'
import { z } from 'zod'
import { logLevels } from './logger.js'
import { flagText, integerText, listText, setting } from './setting.js'

/** What every service reads. */
export const logSettings = {
  topicPrefix: setting('STREAMKEEPER_TOPIC_PREFIX', z.string().regex(/^[A-Za-z0-9._-]{0,100}$/), {
    description: 'Put in front of every topic name.',
    default: '',
  }),
  logLevel: setting('STREAMKEEPER_LOG_LEVEL', z.enum(logLevels), {
    description: `Least level that is logged: ${logLevels.join(', ')}.`,
    default: 'info',
  }),
}

export const policySettings = {
  policyFile: setting('STREAMKEEPER_POLICY', z.string().optional(), {
    description: 'Policy file; not set: the default policy.',
  }),
}

const broker = z.string().regex(/^[^\s:/@]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'expected host:port')

export const kafkaSettings = {
  kafkaBrokers: setting('STREAMKEEPER_KAFKA_BROKERS', listText(broker), {
    description: 'Kafka brokers, host:port between commas.',
    default: '127.0.0.1:9092',
  }),
  kafkaTls: setting('STREAMKEEPER_KAFKA_TLS', flagText(), {
    description: 'Whether to speak TLS to Kafka.',
    default: 'false',
  }),
  kafkaSaslMechanism: setting(
    'STREAMKEEPER_KAFKA_SASL_MECHANISM',
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(['plain', 'scram-sha-256', 'scram-sha-512']))
      .optional(),
    {
      description: 'SASL mechanism: plain, scram-sha-256 or scram-sha-512; not set: no SASL.',
      needs: ['STREAMKEEPER_KAFKA_SASL_USERNAME', 'STREAMKEEPER_KAFKA_SASL_PASSWORD'],
    },
  ),
  kafkaSaslUsername: setting('STREAMKEEPER_KAFKA_SASL_USERNAME', z.string().optional(), {
    description: 'User name for SASL.',
    needs: ['STREAMKEEPER_KAFKA_SASL_MECHANISM'],
  }),
  kafkaSaslPassword: setting('STREAMKEEPER_KAFKA_SASL_PASSWORD', z.string().optional(), {
    description: 'Password for SASL.',
    secret: true,
    needs: ['STREAMKEEPER_KAFKA_SASL_MECHANISM'],
  }),
}

export const databaseSettings = {
  databaseUrl: setting('STREAMKEEPER_DATABASE_URL', z.url({ protocol: /^postgres(ql)?$/ }), {
    description: 'PostgreSQL as postgres://user:password@host:port/database; TLS by ?sslmode=.',
    secret: true,
    default: 'postgres://127.0.0.1:5432/streamkeeper',
  }),
}

/** Which log carries the events, and how it is reached. */
export const eventLogSettings = {
  eventLog: setting('STREAMKEEPER_EVENT_LOG', z.enum(['kafka', 'postgres']), {
    description: 'Where events flow: kafka, or postgres on one machine without Kafka.',
    default: 'kafka',
  }),
  logRetentionMs: setting('STREAMKEEPER_LOG_RETENTION_MS', integerText(60_000, 31_536_000_000).optional(), {
    description: 'For how long topics that are made keep their records, in milliseconds; not set: 7 days.',
  }),
  ...kafkaSettings,
  ...databaseSettings,
}

export const redisSettings = {
  redisUrl: setting('STREAMKEEPER_REDIS_URL', z.url({ protocol: /^rediss?$/ }), {
    description: 'Redis as redis://user:password@host:port/database; rediss:// for TLS.',
    secret: true,
    default: 'redis://127.0.0.1:6379',
  }),
}

/** The name of an S3 bucket. */
export const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected 3 to 63 of a-z 0-9 . -')

export const objectSettings = {
  objectsDir: setting('STREAMKEEPER_OBJECTS_DIR', z.string().optional(), {
    description: 'Folder for all objects in place of an S3 store, on one machine; has no legal force as retention.',
  }),
  s3Endpoint: setting('STREAMKEEPER_S3_ENDPOINT', z.url({ protocol: /^https?$/ }).optional(), {
    description: 'Address of an S3 store that is not AWS.',
  }),
  s3Region: setting('STREAMKEEPER_S3_REGION', z.string(), { description: 'S3 region.', default: 'us-east-1' }),
  s3Bucket: setting('STREAMKEEPER_S3_BUCKET', bucketName, {
    description: 'Bucket of the archive; must have Object Lock.',
    default: 'streamkeeper-archive',
  }),
  spoolBucket: setting('STREAMKEEPER_SPOOL_BUCKET', bucketName, {
    description: 'Bucket of the spool; without lock.',
    default: 'streamkeeper-spool',
  }),
  s3PathStyle: setting('STREAMKEEPER_S3_PATH_STYLE', flagText().optional(), {
    description: 'Whether the bucket stands in the path; not set: yes when an endpoint is set.',
  }),
}

/** Whether the bucket stands in the path of the address, not in its host name. */
export function usesPathStyle(config: {
  readonly s3PathStyle?: boolean | undefined
  readonly s3Endpoint?: string | undefined
}): boolean {
  return config.s3PathStyle ?? config.s3Endpoint !== undefined
}

export const dataSettings = {
  dataDir: setting('STREAMKEEPER_DATA_DIR', z.string(), {
    description: 'Folder for everything that this machine keeps.',
    default: '.streamkeeper',
  }),
}

export const keySettings = {
  ...dataSettings,
  keysDir: setting('STREAMKEEPER_KEYS_DIR', z.string().optional(), {
    description: 'Folder of the private keys; not set: keys in the data folder.',
  }),
}

/** The folder of the private keys. */
export function keysDirectory(config: { readonly keysDir?: string | undefined; readonly dataDir: string }): string {
  return config.keysDir ?? join(config.dataDir, 'keys')
}

export const healthSettings = {
  healthPort: setting('STREAMKEEPER_HEALTH_PORT', integerText(0, 65_535), {
    description: 'Port of /healthz, /readyz and /metrics; 0: any free one.',
    default: '0',
  }),
  healthHost: setting('STREAMKEEPER_HEALTH_HOST', z.string(), {
    description: 'Address that the health port listens on.',
    default: '127.0.0.1',
  }),
}
