import { randomUUID } from 'node:crypto'
import type { CommandIssued } from '@streamkeeper/contracts'
import type { EventLog } from '@streamkeeper/pipeline'
import { loadPublicJwks } from '@streamkeeper/runtime'
import { Broadcast } from './broadcast.js'
import { startChatter } from './chatter.js'
import { prepareClips } from './clips.js'
import { obeyCommands } from './obey.js'
import type { PlatformSettings } from './settings.js'

export interface Platform {
  readonly broadcasts: readonly Broadcast[]
  stop(): Promise<void>
}

const actions = new Set(['cut-stream', 'suspend-account', 'ban-account'])

/** The demo platform: films, a pattern and the test card on air, chat in both languages, commands obeyed. */
export async function startPlatform(
  options: PlatformSettings & { readonly log: EventLog; readonly say: (line: string) => void },
): Promise<Platform> {
  const { log, topicPrefix, mediaRoot, keysDir, disobey, say } = options
  const { film, testCard } = await prepareClips(mediaRoot)
  const run = randomUUID().slice(0, 8)
  const common = { log, topicPrefix, media: 'file' as const }
  const broadcasts = [
    new Broadcast({
      ...common,
      streamId: `demo-film-${run}`,
      accountId: 'demo-cinema',
      nickname: '小兔影院',
      title: 'Big Buck Bunny 循环放映',
      streamClass: 'entertainment',
      clips: [film],
    }),
    new Broadcast({
      ...common,
      streamId: `demo-night-${run}`,
      accountId: 'demo-gamer',
      nickname: 'FilmPlayer',
      title: 'Film night, all night',
      streamClass: 'other',
      clips: [film],
    }),
    // About 20 s of film, then the card.
    new Broadcast({
      ...common,
      streamId: `demo-drill-${run}`,
      accountId: 'demo-drill',
      nickname: '演练频道',
      title: 'Drill: a test card after 20 s',
      streamClass: 'education',
      clips: [film, film, film, film, testCard],
    }),
  ]
  for (const broadcast of broadcasts) await broadcast.start()
  const chatter = startChatter({
    log,
    topicPrefix,
    everyMs: 500,
    streams: () => broadcasts.filter((one) => one.isOnAir).map((one) => one.streamId),
    onError: (error) => say(`chat: ${String(error)}`),
  })
  const commands = await obeyCommands({
    log,
    topicPrefix,
    group: `test-platform-${run}`,
    keys: () => loadPublicJwks(keysDir),
    say,
    carryOut: (command) => carryOut(broadcasts, disobey, command),
  })
  return {
    broadcasts,
    stop: async () => {
      chatter.stop()
      await commands.stop()
      await Promise.all(broadcasts.map((one) => one.end('normal')))
    },
  }
}

async function carryOut(
  broadcasts: readonly Broadcast[],
  disobey: readonly string[],
  command: CommandIssued,
): Promise<'done' | 'unknown-target'> {
  const broadcast = broadcasts.find((one) => one.streamId === command.streamId)
  if (broadcast === undefined) return 'unknown-target'
  const isDefiant = disobey.some((name) => command.streamId.startsWith(name))
  if (actions.has(command.action) && !isDefiant) await broadcast.end('cut')
  return 'done'
}
