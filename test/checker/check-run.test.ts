import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { honestRun } from './_honest-run.js'
import { changed, onTopic, plantedFaults, sound, twice } from './_planted-faults.js'
import { checkRun } from './check-run.js'
import type { Finding, Run, Sinks } from './types.js'

function planted(change: (sinks: Sinks) => Partial<Sinks>): readonly Finding[] {
  return checkRun({ ...sound, sinks: { ...sound.sinks, ...change(sound.sinks) } }).findings
}

function kindsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => finding.kind))].sort()
}

describe('an honest run', () => {
  test('of any shape is found clean', () => {
    fc.assert(
      fc.property(honestRun(), (run) => {
        expect(checkRun(run).findings).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('counts what was allowed', () => {
    expect(checkRun(sound)).toEqual({
      findings: [],
      counts: { acknowledged: 9, unknown: 0, accepted: 8, rejected: 1, redelivered: 0 },
    })
  })

  test('with a record that lies twice but for time stamps counts it', () => {
    const sinks = { ...sound.sinks, records: twice(sound.sinks.records, (data) => ({ ...data, receivedAt: 'later' })) }
    const report = checkRun({ ...sound, sinks: { ...sinks, stagedBatches: null } })
    expect(report.findings).toEqual([])
    expect(report.counts.redelivered).toBe(1)
  })
})

describe('planted faults', () => {
  test.each(plantedFaults)('%s', (_name, kind, change) => {
    expect(kindsOf(planted(change))).toEqual([kind])
  })

  test('a message from nowhere', () => {
    const origin = { id: 'nobody', source: '/platform' }
    const records = changed(sound.sinks.records, onTopic('moderation.chat'), (r) => [
      r,
      { ...r, id: 'phantom', offset: 500, data: { ...r.data, messageId: 'nobody', origin } },
    ])
    expect(kindsOf(planted(() => ({ stagedBatches: null, records })))).toEqual(['phantom'])
  })

  test('two messages of a stream that changed places', () => {
    const [first, second] = sound.sinks.records.filter((r) => r.topic === 'moderation.chat' && r.partition === 1)
    if (first === undefined || second === undefined) throw new Error('too few messages')
    const records = sound.sinks.records.map((record) => {
      if (record === first) return { ...first, offset: second.offset }
      return record === second ? { ...second, offset: first.offset } : record
    })
    expect(kindsOf(planted(() => ({ records })))).toEqual(['disorder'])
  })

  test('a stream that lies in two partitions', () => {
    const records = changed(sound.sinks.records, onTopic('moderation.chat'), (r) => [{ ...r, partition: 7 }])
    expect(kindsOf(planted(() => ({ stagedBatches: null, records })))).toContain('disorder')
  })

  test.each([null, 60_001])('a fault that was got over after %p ms', (recoveredMs) => {
    const run: Run = { ...sound, faults: [{ what: 'Kafka stopped', recoveredMs }] }
    expect(kindsOf(checkRun(run).findings)).toEqual(['stuck'])
  })

  test('in any honest run, losing one accepted message is found', () => {
    fc.assert(
      fc.property(honestRun(), fc.nat(), (run, pick) => {
        const lossy = run.acknowledged.filter(
          (event) => event.kind === 'chat' && event.ack === 'acknowledged' && event.code === undefined,
        )
        const victim = lossy[pick % Math.max(1, lossy.length)]
        fc.pre(victim !== undefined)
        const id = victim?.id.replace('event', 'canonical')
        const records = run.sinks.records.filter((record) => record.topic !== 'moderation.chat' || record.id !== id)
        expect(kindsOf(checkRun({ ...run, sinks: { ...run.sinks, records } }).findings)).toContain('lost')
      }),
      { numRuns: 100 },
    )
  })
})
