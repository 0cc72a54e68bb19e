import { RetriableError } from '@streamkeeper/pipeline'
import type { Admin, SeekEntry } from 'kafkajs'

/** First and next offset of each partition. kafkajs stumbles over its own feet while a partition has no leader: that passes. */
export async function fetchBounds(
  admin: Admin,
  topic: string,
): Promise<readonly (SeekEntry & { readonly high: string; readonly low: string })[]> {
  try {
    return await admin.fetchTopicOffsets(topic)
  } catch (error) {
    if (error instanceof TypeError) throw new RetriableError(`${topic}: has no leader yet`, { cause: error })
    throw error
  }
}
