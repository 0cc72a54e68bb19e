export { createBullReviewQueue, type QueueOptions } from './bull-review-queue.js'
export { checkRedis, RedisSettingsError } from './check-redis.js'
