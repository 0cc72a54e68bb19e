/** The ReviewQueue port: cases that wait for a person, best first. It holds nothing that the database cannot rebuild. */
import type { ReviewJob } from '@streamkeeper/contracts'

export interface ReviewQueue {
  /** Puts a case in, or moves it to its new priority. Idempotent by caseId. */
  put(job: ReviewJob): Promise<void>
  /** Takes the first case out for one person; null when none waits. Two callers never get the same one. */
  next(): Promise<ReviewJob | null>
  /** Takes a case out (claimed by hand, decided, closed); true when it was there. */
  remove(caseId: string): Promise<boolean>
  /** Case ids that wait, best first. */
  list(limit: number): Promise<readonly string[]>
  size(): Promise<number>
  ping(): Promise<void>
  close(): Promise<void>
}
