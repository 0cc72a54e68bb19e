import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.js'

/** A redis-server of one test file, to be stopped and started on the same port and data. */
export class PrivateRedis {
  #folder = ''
  #port = 0
  #process: ChildProcess | null = null

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  /** `more`: arguments beside the defaults, which are an append-only file and no eviction. */
  async start(...more: string[]): Promise<void> {
    if (this.#folder === '') this.#folder = await mkdtemp(join(tmpdir(), 'redis-'))
    if (this.#port === 0) this.#port = await freePort()
    const settings = ['--port', `${this.#port}`, '--bind', '127.0.0.1', '--dir', this.#folder, '--save', '']
    const safe = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']
    this.#process = spawn('redis-server', [...settings, ...safe, ...more], { stdio: 'ignore' })
    await until(() => takesConnections(this.#port), { what: 'redis-server takes connections', withinMs: 10_000 })
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill(signal)
    await exit
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL')
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true })
    this.#folder = ''
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
