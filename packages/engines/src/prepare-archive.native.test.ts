import { objectSettings, readConfig, type Logger } from '@streamkeeper/runtime'
import { ensureBucket } from '@streamkeeper/storage'
import { s3Engine, uniqueName } from '@streamkeeper/testkit'
import { createArchivePart } from './prepare-archive.js'
import { openArchive } from './stores.js'

const context = { signal: new AbortController().signal, areDependenciesUp: () => Promise.resolve(true) }
const logger = { warn: () => undefined } as unknown as Logger

function place() {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Engine()
  // The SDK's own chain reads the process, not our settings.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
  const bucket = uniqueName('archive')
  const env = { STREAMKEEPER_S3_ENDPOINT: endpoint, STREAMKEEPER_S3_REGION: region, STREAMKEEPER_S3_BUCKET: bucket }
  return { config: readConfig(objectSettings, env).config, options: { endpoint, region, bucket, pathStyle: true } }
}

it('makes a missing bucket, and finds that it locks', async () => {
  const { config } = place()
  const part = createArchivePart(config, openArchive(config), logger)
  await part.start(context)
  await part.stop()
}, 60_000)

it('does not start on a bucket that does not lock', async () => {
  const { config, options } = place()
  await ensureBucket(options, { versioning: false, objectLock: false })
  const part = createArchivePart(config, openArchive(config), logger)
  await expect(part.start(context)).rejects.toMatchObject({ code: 'STORE_NOT_LOCKING' })
}, 60_000)
