import { S3Client } from '@aws-sdk/client-s3'

export interface S3Options {
  /** Address of a store that is not AWS. */
  readonly endpoint?: string
  readonly region: string
  readonly bucket: string
  /** Whether the bucket stands in the path, not in the host name. */
  readonly pathStyle?: boolean
  /** Default: the SDK's own chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** For one call; default 30 s. */
  readonly requestTimeoutMs?: number
}

export function createClient({
  endpoint,
  region,
  pathStyle = false,
  credentials,
  requestTimeoutMs = 30_000,
}: S3Options): S3Client {
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    // One attempt: steps back off by themselves, and a repeated PUT on a versioned bucket is a second locked version.
    maxAttempts: 1,
    requestHandler: { requestTimeout: requestTimeoutMs, connectionTimeout: 5_000, throwOnRequestTimeout: true },
    // We send SHA-256 by ourselves, on every write.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}
