import { usesPathStyle, type ConfigOf, type kafkaSettings, type objectSettings } from '@streamkeeper/runtime'
import type { KafkaOptions } from '@streamkeeper/kafka'
import type { S3Options } from '@streamkeeper/storage'

export type KafkaConfig = ConfigOf<typeof kafkaSettings>
export type ObjectConfig = ConfigOf<typeof objectSettings>

/** From the variables to what the Kafka adapter takes. */
export function kafkaOptions(config: KafkaConfig): Pick<KafkaOptions, 'brokers' | 'tls' | 'sasl'> {
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

/** From the variables to what the S3 adapter takes; credentials come by the SDK's own chain. */
export function s3Options(config: ObjectConfig, bucket: string): S3Options {
  const { s3Endpoint: endpoint, s3Region: region } = config
  return { region, bucket, pathStyle: usesPathStyle(config), ...(endpoint === undefined ? {} : { endpoint }) }
}
