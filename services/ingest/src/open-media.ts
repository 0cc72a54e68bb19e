import { realpath } from 'node:fs/promises'
import { openMediaObjects, type ObjectReader } from '@streamkeeper/engines'
import type { Config } from './config.js'
import { createAddressRules } from './media/address-rules.js'
import { createFetchWeb, type FetchWeb } from './media/fetch-web.js'
import type { ReferenceRules } from './media/read-reference.js'
import { systemResolve } from './media/resolve-host.js'

/** Everything by which media that a segment only refers to is brought here. */
export interface Media {
  readonly rules: ReferenceRules
  readonly fetchWeb: FetchWeb
  readonly objects: ObjectReader
  close(): Promise<void>
}

/** By the operator's rules; with none, nothing outside of the record is read. Nothing connects before the first segment. */
export async function openMedia(config: Config): Promise<Media> {
  const objects = openMediaObjects(config)
  return {
    rules: {
      mediaRoot: config.mediaRoot === undefined ? null : await realpath(config.mediaRoot),
      hosts: config.mediaHosts,
      buckets: config.mediaBuckets,
    },
    fetchWeb: createFetchWeb({ resolve: systemResolve, judge: createAddressRules(config.mediaNetworks) }),
    objects,
    close: () => objects.close(),
  }
}
