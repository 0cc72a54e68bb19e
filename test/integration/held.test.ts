import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DecideHeldView, HeldList, HeldView } from '@streamkeeper/contracts'
import { repositoryRoot, until } from '@streamkeeper/testkit'
import type { SinkRecord } from '../checker/types.js'
import { startSystem, type System } from '../harness/start-system.js'

/** The way out of a held message, over the running services: a person's, and the policy's when nobody comes. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-held-'))
const heldTimeoutMs = 15_000
const headers = { authorization: `Bearer ${'l'.repeat(40)}`, 'content-type': 'application/json' }
let system: System
let page = ''

beforeAll(async () => {
  const policy = readFileSync(join(repositoryRoot(), 'packages/policy/data/default.policy.yaml'), 'utf8')
  const chat = `chat: { blockFrom: 80, holdFrom: 40, fallback: hold, heldTimeoutMs: ${heldTimeoutMs} }`
  writeFileSync(join(folder, 'policy.yaml'), policy.replace(/^chat:\n(?: +.*\n)+/m, `${chat}\n`))
  writeFileSync(join(folder, 'words.csv'), 'word,category,severity,match,variants\npaper boat,FRAUD,50,auto,all\n')
  system = await startSystem({
    services: ['ingest', 'screen', 'escalate', 'console'],
    env: {
      STREAMKEEPER_POLICY: join(folder, 'policy.yaml'),
      STREAMKEEPER_LEXICONS: join(folder, 'words.csv'),
      STREAMKEEPER_LOCAL_TOKEN: 'l'.repeat(40),
    },
  })
  const line = system.services.get('console')?.lines.find((one) => one.includes('"event":"page"'))
  page = (JSON.parse(line ?? '{}') as { page: string }).page
  const { events, producer } = system
  await producer.send(
    events.account('streamer'),
    events.started('calm', 'streamer'),
    events.started('over', 'streamer'),
  )
}, 120_000)

afterAll(async () => {
  await system.stop()
  rmSync(folder, { recursive: true })
}, 60_000)

async function heldOf(streamId: string, count: number): Promise<readonly HeldView[]> {
  return until(
    async () => {
      const answer = await fetch(`${page}/api/v1/held?stream=${streamId}`, { headers })
      const { messages } = (await answer.json()) as HeldList
      return messages.length === count ? messages : null
    },
    { what: `${count} held messages of ${streamId}`, withinMs: 30_000 },
  )
}

const verdictsOf = (streamId: string): readonly SinkRecord[] =>
  system.recorder.on('moderation.verdicts').filter(({ subject }) => subject === streamId)
const finalsOf = (streamId: string) => verdictsOf(streamId).filter(({ data }) => data['final'] === true)

test(
  'held, released in bulk by a person: one final verdict each, and the timeout adds none',
  () =>
    system.explain(async () => {
      const { events, producer } = system
      const texts = ['hello', '😀 a ＰＡＰＥＲ boat', 'paper-boat here', 'p4per boat']
      await producer.send(...texts.map((text, n) => events.chat('calm', `m${n}`, text)))
      await producer.send(events.chat('over', 'late', 'a paper boat'), events.ended('over'))
      const held = await heldOf('calm', 3)
      expect(held[0]).toMatchObject({ messageId: 'm1', text: texts[1], accountId: 'viewer-1', timeoutVerdict: 'block' })
      const [match] = held[0]?.matches ?? []
      expect(texts[1]?.slice(match?.start, match?.end)).toBe('ＰＡＰＥＲ boat')
      const messages = held.map(({ streamId, messageId }) => ({ streamId, messageId }))
      const body = JSON.stringify({ decision: 'release', messages })
      const answer = await fetch(`${page}/api/v1/held/decisions`, { method: 'POST', headers, body })
      const { results } = (await answer.json()) as DecideHeldView
      expect(results.map(({ result, state }) => `${result} ${state}`)).toEqual(Array(3).fill('done released'))
      await until(() => finalsOf('calm').length >= 3, { what: 'the final verdicts', withinMs: 10_000 })
      // The other message was held after these: when its time is up, theirs is too.
      await until(() => finalsOf('over').length >= 1, { what: 'the verdict of the policy', withinMs: 40_000 })
      await system.recorder.caughtUp()
      expect(finalsOf('calm').map(({ data }) => [data['messageId'], data['verdict'], data['decidedBy']])).toEqual(
        ['m1', 'm2', 'm3'].map((id) => [id, 'allow', 'local']),
      )
      expect(finalsOf('over').map(({ data }) => [data['messageId'], data['verdict'], data['decidedBy']])).toEqual([
        ['late', 'block', 'policy:timeout'],
      ])
      expect(new Set(verdictsOf('calm').map(({ id }) => id)).size).toBe(7)
      const allowed = verdictsOf('calm').find(({ data }) => data['messageId'] === 'm0')
      expect(allowed?.data).not.toHaveProperty('text')
    }),
  120_000,
)
