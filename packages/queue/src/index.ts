export { createBullReviewQueue, type QueueOptions } from './bull-review-queue.js'
