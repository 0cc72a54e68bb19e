import { usesPathStyle } from './common-settings.js'

interface KafkaConfig {
  readonly kafkaBrokers: readonly string[]
  readonly kafkaTls: boolean
  readonly kafkaSaslMechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined
  readonly kafkaSaslUsername?: string | undefined
  readonly kafkaSaslPassword?: string | undefined
}

export interface KafkaConnection {
  readonly brokers: readonly string[]
  readonly tls: boolean
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
}

/** From the variables to what the Kafka adapter takes. */
export function kafkaOptions(config: KafkaConfig): KafkaConnection {
  const {
    kafkaBrokers: brokers,
    kafkaTls: tls,
    kafkaSaslMechanism: mechanism,
    kafkaSaslUsername,
    kafkaSaslPassword,
  } = config
  if (mechanism === undefined) return { brokers, tls }
  return { brokers, tls, sasl: { mechanism, username: kafkaSaslUsername ?? '', password: kafkaSaslPassword ?? '' } }
}

interface S3Config {
  readonly s3Endpoint?: string | undefined
  readonly s3Region: string
  readonly s3PathStyle?: boolean | undefined
}

export interface S3Connection {
  readonly endpoint?: string
  readonly region: string
  readonly bucket: string
  readonly pathStyle: boolean
}

/** From the variables to what the S3 adapter takes; credentials come by the SDK's own chain. */
export function s3Options(config: S3Config, bucket: string): S3Connection {
  const { s3Endpoint: endpoint, s3Region: region } = config
  return { region, bucket, pathStyle: usesPathStyle(config), ...(endpoint === undefined ? {} : { endpoint }) }
}
