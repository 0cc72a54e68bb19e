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
const defiant = 'defiant'
const actions = new Set(['cut-stream', 'suspend-account', 'ban-account'])

/** The demo platform: a film, patterns and the test card on air, chat in both languages, commands obeyed by all streams but one. */
export async function startPlatform(
  options: PlatformSettings & { readonly log: EventLog; readonly say: (line: string) => void },
): Promise<Platform> {
  const { log, topicPrefix, mediaRoot, keysDir, disobey, say } = options
  const run = randomUUID().slice(0, 8)
  const broadcasts = programme(await prepareClips(mediaRoot)).map(
    ({ name, ...what }) => new Broadcast({ log, topicPrefix, media: 'file', streamId: `demo-${name}-${run}`, ...what }),
  )
  for (const broadcast of broadcasts) await broadcast.start()
  const chatter = startChatter({
    log,
    topicPrefix,
    everyMs: 250,
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
function programme({ film, testCard, cells, drift, figures }: Clips): Show[] {
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
      name: 'game',
      accountId: 'demo-gamer',
      nickname: 'CellPlayer',
      title: 'Game night: the cells',
      streamClass: 'game',
      clips: [cells],
    },
    {
      name: 'calm',
      accountId: 'demo-calm',
      nickname: '静心一刻',
      title: '慢慢变化的颜色',
      streamClass: 'other',
      clips: [drift],
    },
    {
      name: 'shop',
      accountId: 'demo-shop',
      nickname: 'FigureShop',
      title: 'Figures, one day only',
      streamClass: 'ecommerce',
      clips: [figures],
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
    {
      name: defiant,
      accountId: 'demo-defiant',
      nickname: 'NeverStop',
      title: 'This platform does not cut this one',
      streamClass: 'entertainment',
      clips: [film, drift, testCard],
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
