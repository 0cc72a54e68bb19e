import type { ConsumerObserver } from '@streamkeeper/pipeline'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'

const warnFromAttempt = 4

/** Metrics and logs of a service's consumers and steps. One serves for `createPipeline` and `consume` alike. */
export function pipelineObserver(metrics: Metrics, logger: Logger): ConsumerObserver {
  return { ...stepObserver(metrics, logger), ...recordObserver(metrics, logger), ...partitionObserver(logger) }
}

function stepObserver(metrics: Metrics, logger: Logger): ConsumerObserver {
  const labels = ['pipeline', 'step'] as const
  const outcomes = metrics.counter('streamkeeper_step_outcomes_total', 'Attempts of steps by outcome', [
    ...labels,
    'outcome',
  ])
  const seconds = metrics.histogram('streamkeeper_step_seconds', 'Duration of attempts of steps', { labels })
  const retries = metrics.counter('streamkeeper_step_retries_total', 'Back-offs of steps by reason', [
    ...labels,
    'reason',
  ])
  return {
    stepEnded({ pipeline, step, outcome, durationMs }) {
      outcomes.inc({ pipeline, step, outcome })
      seconds.observe({ pipeline, step }, durationMs / 1000)
    },
    stepRetried({ pipeline, step, reason, attempt, waitMs, error }) {
      retries.inc({ pipeline, step, reason })
      // Topics give no order among each other: a wait or two for what comes on another is the ordinary course.
      const level = attempt < warnFromAttempt ? 'debug' : 'warn'
      logger[level]({ pipeline, step, reason, attempt, waitMs, err: error }, 'step backs off')
    },
    stepFailedLate({ pipeline, step, error }) {
      logger.error({ pipeline, step, err: error }, 'step failed after it was given up')
    },
  }
}

function recordObserver(metrics: Metrics, logger: Logger): ConsumerObserver {
  const records = metrics.counter('streamkeeper_records_total', 'Records that reached their end, by fate', [
    'topic',
    'fate',
    'label',
  ])
  const seconds = metrics.histogram('streamkeeper_record_seconds', 'From first try to end of a record', {
    labels: ['topic'],
  })
  const failures = metrics.counter('streamkeeper_record_failures_total', 'Unknown failures of records', ['topic'])
  return {
    recordSettled({ topic, partition, fate, label = '', durationMs }) {
      records.inc({ topic, fate, label })
      seconds.observe({ topic }, durationMs / 1000)
      if (fate === 'dlq') logger.warn({ topic, partition, code: label }, 'record went to the dead-letter topic')
    },
    recordFailed({ record: { topic, partition, offset }, error, isFenced }) {
      if (!isFenced) failures.inc({ topic })
      logger.error({ topic, partition, offset, isFenced, err: error }, 'record failed for an unknown reason')
    },
    cleanUpFailed({ error }) {
      logger.warn({ err: error }, 'clean-up failed')
    },
  }
}

function partitionObserver(logger: Logger): ConsumerObserver {
  return {
    partitionStarted({ topic, partition, generation }) {
      logger.debug({ topic, partition, generation }, 'partition taken')
    },
    partitionEnded({ topic, partition, generation, isDrained }) {
      const level = isDrained ? 'debug' : 'warn'
      logger[level]({ topic, partition, generation, isDrained }, 'partition given up')
    },
  }
}
