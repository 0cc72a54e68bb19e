import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Keys {
  /** PEM of an authority that nobody knows but us. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** A certificate for these names (`DNS:a`, `IP:b`) by an authority of its own. */
export async function makeKeys(names: readonly string[]): Promise<Keys> {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-media-host-'))
  const at = (name: string): string => join(folder, name)
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  try {
    const root = ['-x509', '-days', '2', '-subj', '/CN=media authority', '-keyout', at('ca.key'), '-out', at('ca')]
    await run('openssl', ['req', ...fresh, ...root])
    await run('openssl', ['req', ...fresh, '-subj', '/CN=media', '-keyout', at('key'), '-out', at('csr')])
    writeFileSync(at('names'), `subjectAltName=${names.join(',')}\n`)
    const signed = ['-CA', at('ca'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('names')]
    await run('openssl', ['x509', '-req', '-in', at('csr'), ...signed, '-out', at('crt')])
    const read = (name: string): string => readFileSync(at(name), 'utf8')
    return { ca: read('ca'), cert: read('crt'), key: read('key') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Host {
  readonly port: number
  /** Connections that were ever opened. */
  visits(): number
  /** Sockets that are open now. */
  open(): number
  /** Server names that TLS clients asked for. */
  readonly names: (string | false | null)[]
  /** Whole requests, as they came. */
  readonly requests: string[]
  /** Ends all connections as a host does that lost its mind. */
  reset(): void
  close(): Promise<void>
}

/** Answers a request, named by its path, with raw bytes. */
export type Answer = (path: string, socket: Socket) => void

/** Says nothing and counts: whoever comes here was not to come. */
export const honey: Answer = (_path, socket) => void socket.destroy()

/** A server that writes what a test wants, sound HTTP or not; on TLS when it has keys. */
export async function startHost(
  answer: Answer,
  { keys, address = '127.0.0.1' }: { keys?: Keys; address?: string } = {},
) {
  const [sockets, names, requests] = [new Set<Socket>(), [] as Host['names'], [] as string[]]
  let visits = 0
  const server: Server = keys === undefined ? createServer() : createTlsServer({ cert: keys.cert, key: keys.key })
  server.on('connection', (socket: Socket) => {
    visits += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on(keys === undefined ? 'connection' : 'secureConnection', (socket: TLSSocket) => {
    // Clients that were refused, or had enough, go without a word.
    socket.on('error', () => undefined)
    if (keys !== undefined) names.push(socket.servername)
    let said = ''
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (!said.includes('\r\n\r\n')) return
      requests.push(said)
      const path = /^GET (\S+)/.exec(said)?.[1]?.split('?')[0] ?? ''
      said = ''
      answer(path, socket)
    })
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve))
  const host: Host = {
    port: (server.address() as AddressInfo).port,
    visits: () => visits,
    open: () => sockets.size,
    names,
    requests,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return host
}
