import type { LogRecord } from '@streamkeeper/pipeline'
import { recordLogs, testMetrics } from './_test-parts.js'
import { createMetrics } from './metrics.js'
import { pipelineObserver } from './pipeline-observer.js'

describe('metrics', () => {
  it('writes counters, gauges and histograms with their help and the service', async () => {
    const metrics = testMetrics()
    metrics.counter('streamkeeper_a_total', 'What a is', ['kind']).inc({ kind: 'x' }, 2)
    metrics.gauge('streamkeeper_b', 'What b is').set(3)
    metrics.histogram('streamkeeper_c_seconds', 'What c is', { buckets: [1] }).observe(0.5)
    const text = await metrics.text()
    expect(text).toContain('# HELP streamkeeper_a_total What a is')
    expect(text).toContain('streamkeeper_a_total{kind="x",service="test"} 2')
    expect(text).toContain('streamkeeper_b{service="test"} 3')
    expect(text).toMatch(/streamkeeper_c_seconds_bucket\{le="1",service="test"\} 1/)
  })

  it('gives the same metric for the same name, and refuses another kind or a foreign name', () => {
    const metrics = testMetrics()
    expect(metrics.counter('streamkeeper_a_total', 'a')).toBe(metrics.counter('streamkeeper_a_total', 'a'))
    expect(() => metrics.gauge('streamkeeper_a_total', 'a')).toThrow('another kind')
    expect(() => metrics.counter('a_total', 'a')).toThrow('streamkeeper_')
  })

  it('knows the process and the delay of its event loop', async () => {
    const text = await createMetrics('test').text()
    expect(text).toContain('streamkeeper_process_resident_memory_bytes')
    expect(text).toContain('streamkeeper_nodejs_eventloop_lag_p99_seconds')
  })
})

describe('pipelineObserver', () => {
  it('counts attempts, durations and retries of steps', async () => {
    const metrics = testMetrics()
    const { logger, lines } = recordLogs()
    const observer = pipelineObserver(metrics, logger)
    const step = { pipeline: 'ingest', step: 'spool' }
    observer.stepEnded?.({ ...step, outcome: 'ok', durationMs: 20 })
    observer.stepRetried?.({ ...step, attempt: 1, waitMs: 100, reason: 'RetriableError', error: new Error('away') })
    observer.stepRetried?.({ ...step, attempt: 4, waitMs: 800, reason: 'RetriableError', error: new Error('away') })
    observer.stepFailedLate?.({ ...step, error: new Error('late') })
    const text = await metrics.text()
    expect(text).toContain(
      'streamkeeper_step_outcomes_total{pipeline="ingest",step="spool",outcome="ok",service="test"} 1',
    )
    expect(text).toContain('streamkeeper_step_seconds_sum{service="test",pipeline="ingest",step="spool"} 0.02')
    expect(text).toMatch(/streamkeeper_step_retries_total\{.*reason="RetriableError".*\} 2/)
    expect(lines.map((line) => line.level)).toEqual(['debug', 'warn', 'error'])
  })

  it('counts fates of records and logs unknown failures with their stack', async () => {
    const metrics = testMetrics()
    const { logger, lines } = recordLogs()
    const observer = pipelineObserver(metrics, logger)
    const at = { topic: 'live.chat', partition: 3 }
    const record: LogRecord = { ...at, offset: 7n, key: null, value: null, headers: {}, brokerAt: 0 }
    observer.recordSettled?.({ ...at, fate: 'dlq', label: 'INVALID_JSON', durationMs: 1 })
    observer.recordFailed?.({ record, error: new Error('unforeseen'), isFenced: false })
    observer.recordFailed?.({ record, error: new Error('unforeseen'), isFenced: true })
    const text = await metrics.text()
    expect(text).toMatch(/streamkeeper_records_total\{.*fate="dlq",label="INVALID_JSON".*\} 1/)
    expect(text).toMatch(/streamkeeper_record_failures_total\{.*\} 1/)
    expect(lines[1]).toMatchObject({ offset: '7', err: { stack: expect.stringContaining('metrics.test') } })
  })

  it('warns of a partition that was given up before its work was done', () => {
    const { logger, lines } = recordLogs()
    const observer = pipelineObserver(testMetrics(), logger)
    const partition = { topic: 'live.chat', partition: 1, generation: 2 }
    observer.partitionStarted?.(partition)
    observer.partitionEnded?.({ ...partition, isDrained: true })
    observer.partitionEnded?.({ ...partition, isDrained: false })
    expect(lines.map((line) => line.level)).toEqual(['debug', 'debug', 'warn'])
  })
})
