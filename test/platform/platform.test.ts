import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import {
  buildEvent,
  encodeBuiltEvent,
  signEvent,
  topicName,
  topics,
  type Action,
  type Topic,
} from '@streamkeeper/contracts'
import { openKeyRing, type KeyRing } from '@streamkeeper/runtime'
import { MemoryEventLog, until } from '@streamkeeper/testkit'
import { startPlatform, type Platform } from './platform.js'

/** The demo platform on a log in memory, with clips of 20 ms, so that a broadcast of minutes is over in a second. */
const folder = mkdtempSync(join(tmpdir(), 'platform-'))
const log = new MemoryEventLog()
const said: string[] = []
let keys: KeyRing
let platform: Platform

beforeAll(async () => {
  for (const name of ['film', 'testCard', 'slides', 'head', 'game', 'words']) {
    const clip = join(folder, 'media/clips', name)
    mkdirSync(clip, { recursive: true })
    const segment = { path: join(clip, 'segment.ts'), sequence: 0, streamTimeMs: 0, durationMs: 20, size: 1 }
    const file = { ...segment, mediaType: 'video/mp2t', sha256: 'a'.repeat(64) }
    writeFileSync(join(clip, 'segments.json'), JSON.stringify([file]))
  }
  await log.ensureTopics(
    (Object.keys(topics) as Topic[]).map((topic) => ({ ...topics[topic], partitions: 1, name: topicName('', topic) })),
  )
  const keysDir = join(folder, 'keys')
  keys = await openKeyRing(keysDir, 'commands')
  platform = await startPlatform({
    eventLog: {} as never,
    topicPrefix: '',
    mediaRoot: join(folder, 'media'),
    keysDir,
    disobey: [],
    log,
    say: (line) => said.push(line),
  })
})

afterAll(async () => {
  await platform.stop()
  rmSync(folder, { recursive: true })
})

interface Said {
  readonly type: string
  readonly subject: string
  readonly data: Record<string, unknown>
}

async function readAll(topic: Topic): Promise<Said[]> {
  const records = await log.read(topicName('', topic), 0, 0n, 100_000)
  return records.map(({ value }) => JSON.parse(String(value)) as Said)
}

const idOf = (name: string): string =>
  platform.broadcasts.find(({ streamId }) => streamId.startsWith(`demo-${name}-`))?.streamId ?? ''

let commands = 0
async function command(streamId: string, action: Action, sign = true): Promise<string> {
  const commandId = `cmd-${(commands += 1)}`
  const now = new Date()
  const data = {
    commandId,
    sequence: commands,
    streamId,
    action,
    target: { streamId },
    reason: {
      label: 'TEST_CARD' as const,
      textForStreamer: 'A drill.',
      policy: { name: 'p', version: '1', sha256: 'a'.repeat(64) },
    },
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 60_000).toISOString(),
  }
  const type = 'moderation.command.issued' as const
  const event = buildEvent({ type, id: commandId, source: '/test', subject: streamId, time: now, data })
  const { keyId, privateKey } = keys.current()
  await log.publish([encodeBuiltEvent('', sign ? signEvent(event, keyId, privateKey) : event)])
  return commandId
}

async function answerTo(commandId: string): Promise<unknown> {
  const find = async () => (await readAll('live.acks')).find(({ data }) => data['commandId'] === commandId)
  return (await until(find, { what: `the answer to ${commandId}` }))?.data['result']
}

it('has six streams on air, each with an account, viewers that rise and fall, and chat in both languages', async () => {
  expect(new Set((await readAll('live.sessions')).map(({ subject }) => subject)).size).toBe(6)
  const viewersOf = async (streamId: string): Promise<number[]> =>
    (await readAll('live.sessions'))
      .filter(({ type, subject }) => type === 'live.session.heartbeat' && subject === streamId)
      .map(({ data }) => Number(data['viewers']))
  const steps = (counts: readonly number[]): Set<number> =>
    new Set(counts.slice(1).map((count, at) => Math.sign(count - (counts[at] ?? 0))))
  for (const { streamId } of platform.broadcasts)
    await until(
      async () => {
        const ways = steps(await viewersOf(streamId))
        return ways.has(1) && ways.has(-1)
      },
      { what: `${streamId}: viewers rise and fall` },
    )
  const hears = async (script: RegExp) =>
    (await readAll('live.chat')).some(({ data }) => script.test(String(data['text'])))
  await until(async () => (await hears(/\p{Script=Han}/u)) && (await hears(/[a-z]{3}/i)), { what: 'chat in both' })
})

it('obeys a cut, but for the one stream that only says so', async () => {
  expect(await answerTo(await command(idOf('film'), 'cut-stream'))).toBe('done')
  const isOnAir = (name: string): boolean | undefined =>
    platform.broadcasts.find(({ streamId }) => streamId === idOf(name))?.isOnAir
  expect(isOnAir('film')).toBe(false)
  const ends = (await readAll('live.sessions')).filter(({ type }) => type === 'live.session.ended')
  expect(ends.map(({ subject, data }) => [subject, data['reason']])).toEqual([[idOf('film'), 'cut']])
  expect(await answerTo(await command(idOf('game'), 'cut-stream'))).toBe('done')
  const count = async () => (await readAll('live.segments')).filter(({ subject }) => subject === idOf('game')).length
  const before = await count()
  await until(async () => (await count()) > before + 2, { what: 'it goes on' })
  expect(isOnAir('game')).toBe(true)
})

it('a command without a signature is not obeyed, one for nobody is answered so, and one that comes again is carried out once', async () => {
  await command(idOf('talk'), 'cut-stream', false)
  await until(() => said.some((line) => line.includes('no valid signature')), { what: 'the refusal' })
  expect(platform.broadcasts.find(({ streamId }) => streamId === idOf('talk'))?.isOnAir).toBe(true)
  expect(await answerTo(await command('demo-nobody', 'warn-streamer'))).toBe('unknown-target')
  const first = await command(idOf('shop'), 'warn-streamer')
  await answerTo(first)
  commands -= 1
  await command(idOf('shop'), 'warn-streamer')
  const answers = async () => (await readAll('live.acks')).filter(({ data }) => data['commandId'] === first)
  await until(async () => (await answers()).length === 2, { what: 'a second answer' })
  expect(said.filter((line) => line === `warn-streamer ${idOf('shop')}: done`)).toHaveLength(1)
})
