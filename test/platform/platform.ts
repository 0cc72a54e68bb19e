import { randomUUID } from 'node:crypto'
import type { CommandIssued } from '@streamkeeper/contracts'
import type { EventLog } from '@streamkeeper/pipeline'
import { loadPublicJwks } from '@streamkeeper/runtime'
import { Broadcast, type BroadcastOptions } from './broadcast.js'
import { startChatter } from './chatter.js'
import { prepareClips, type Clips } from './clips.js'
import { obeyCommands } from './obey.js'
import type { PlatformSettings } from './settings.js'

export interface Platform {
  readonly broadcasts: readonly Broadcast[]
  stop(): Promise<void>
}

/** The stream that goes on after a cut, as one of a platform that only says that it obeyed. */
const defiant = 'game'
const actions = new Set(['cut-stream', 'suspend-account', 'ban-account'])

/** The demo platform: six streams on air, 20 chat messages a second in two languages, commands obeyed by all streams but one. */
export async function startPlatform(
  options: PlatformSettings & { readonly log: EventLog; readonly say: (line: string) => void },
): Promise<Platform> {
  const { log, topicPrefix, mediaRoot, keysDir, disobey, say } = options
  const run = randomUUID().slice(0, 8)
  const broadcasts = programme(await prepareClips(mediaRoot, say)).map(
    ({ name, ...what }) => new Broadcast({ log, topicPrefix, media: 'file', streamId: `demo-${name}-${run}`, ...what }),
  )
  for (const broadcast of broadcasts) await broadcast.start()
  const chatter = startChatter({
    log,
    topicPrefix,
    everyMs: 50,
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

type Show = Omit<BroadcastOptions, 'log' | 'topicPrefix' | 'media' | 'streamId'> & { readonly name: string }

/** What is on air. */
function programme({ film, testCard, slides, head, game, words }: Clips): Show[] {
  return [
    {
      name: 'film',
      accountId: 'demo-cinema',
      nickname: '小兔影院',
      title: 'Big Buck Bunny 循环放映',
      streamClass: 'entertainment',
      clips: [film],
    },
    {
      name: 'lecture',
      accountId: 'demo-lecturer',
      nickname: 'ChartRoom',
      title: 'Reading charts, part four',
      streamClass: 'education',
      clips: [slides],
    },
    {
      name: 'talk',
      accountId: 'demo-talker',
      nickname: '夜话',
      title: '夜话:慢慢聊',
      streamClass: 'other',
      clips: [head],
    },
    {
      name: 'shop',
      accountId: 'demo-shop',
      nickname: '青叶茶铺',
      title: '新茶上市 New tea tonight',
      streamClass: 'ecommerce',
      clips: [words],
    },
    // About 20 s of film, then the card.
    {
      name: 'drill',
      accountId: 'demo-drill',
      nickname: '演练频道',
      title: 'Drill: a test card after 20 s',
      streamClass: 'education',
      clips: [film, film, film, film, testCard],
    },
    // About a minute of play, then the card; and it goes on after a cut.
    {
      name: defiant,
      accountId: 'demo-gamer',
      nickname: 'NeverStop',
      title: 'Game night: this one does not obey a cut',
      streamClass: 'game',
      clips: [game, game, game, game, game, testCard],
    },
  ]
}

async function carryOut(
  broadcasts: readonly Broadcast[],
  disobey: readonly string[],
  command: CommandIssued,
): Promise<'done' | 'unknown-target'> {
  const broadcast = broadcasts.find((one) => one.streamId === command.streamId)
  if (broadcast === undefined) return 'unknown-target'
  const isDefiant = [`demo-${defiant}-`, ...disobey].some((name) => command.streamId.startsWith(name))
  if (actions.has(command.action) && !isDefiant) await broadcast.end('cut')
  return 'done'
}
