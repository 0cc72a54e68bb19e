import { mkdir } from 'node:fs/promises'
import type { Engine } from './engine.js'
import { exchange } from './exchange.js'
import { requireCommand } from './find-command.js'

const commands = ['redis-server', 'valkey-server']

/** Redis or Valkey with an append-only file and without eviction, as queues need it. */
export const redis: Engine = {
  name: 'redis',
  title: 'Redis',
  port: ({ ports }) => ports.redis,
  needs: [{ commands, debian: 'redis-server' }],
  stopSignal: 'SIGTERM',
  prepare: async ({ folder }) => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  command: async ({ folder, state }) => ({
    file: await requireCommand(...commands),
    args: renderArguments(folder, state.ports.redis),
    cwd: folder,
  }),
  probe: async ({ ports }) => {
    // While it loads its file it answers -LOADING, which is not yet an answer.
    await exchange({
      port: ports.redis,
      request: Buffer.from('PING\r\n'),
      isWhole: (answer) => {
        const text = answer.toString('latin1')
        if (text.includes('\r\n') && text !== '+PONG\r\n') throw new Error(text.trim())
        return text === '+PONG\r\n'
      },
    })
  },
}

/** Arguments of the server; no file of settings is needed. */
export function renderArguments(folder: string, port: number): readonly string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    databases: '64',
    daemonize: 'no',
  }
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}
