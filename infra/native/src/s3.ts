import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { addToCache } from './add-to-cache.js'
import type { Engine } from './engine.js'
import { exchange } from './exchange.js'
import { requireCommand } from './find-command.js'
import { runToEnd } from './run-process.js'

const version = 'v1.8.0'
const binaryIn = (cache: string): string => join(cache, `versitygw-${version}`, 'versitygw')

/** versitygw on a folder, with versions and Object Lock. */
export const s3: Engine = {
  name: 's3',
  title: `versitygw ${version}`,
  port: ({ ports }) => ports.s3,
  needs: [{ commands: ['go'], debian: 'golang', isNeeded: (cache) => !existsSync(binaryIn(cache)) }],
  stopSignal: 'SIGTERM',
  prepare: async ({ folder, cache, tell }) => {
    for (const part of ['objects', 'versions']) await mkdir(join(folder, part), { recursive: true, mode: 0o700 })
    await addToCache(cache, `versitygw-${version}`, (target) => build(target, tell))
  },
  command: async ({ folder, cache, state }) => ({
    file: binaryIn(cache),
    args: renderArguments(folder, state.ports.s3),
    cwd: folder,
    // Keys on the command line would be seen by every user of the machine.
    env: { ROOT_ACCESS_KEY_ID: state.s3.accessKeyId, ROOT_SECRET_ACCESS_KEY: state.s3.secretAccessKey },
  }),
  probe: async ({ ports }) => {
    await exchange({
      port: ports.s3,
      request: Buffer.from(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${ports.s3}\r\nConnection: close\r\n\r\n`),
      isWhole: (answer) => {
        const text = answer.toString('latin1')
        // An unsigned request is refused, by S3's own error: so it is S3 that answers.
        if (text.startsWith('HTTP/1.1 5')) throw new Error(text.slice(0, 40))
        return text.includes('<Code>AccessDenied</Code>')
      },
    })
  },
}

/** Arguments of the gateway. */
export function renderArguments(folder: string, port: number): readonly string[] {
  const listen = ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', '--quiet']
  const permissions = ['--dir-perms', '0700', '--file-perms', '0600']
  return [...listen, 'posix', ...permissions, '--versioning-dir', join(folder, 'versions'), join(folder, 'objects')]
}

async function build(target: string, tell: (line: string) => void): Promise<void> {
  const go = await requireCommand('go')
  const found = await runToEnd({ file: go, args: ['env', 'GOVERSION'], cwd: target })
  if (!canBuild(found))
    throw new Error(`versitygw needs Go 1.21 or later to build, found ${found.trim()}: see go.dev/dl`)
  tell(`versitygw ${version}: building, a minute the first time`)
  const args = ['install', `github.com/versity/versitygw/cmd/versitygw@${version}`]
  await runToEnd({ file: go, args, cwd: target, env: { ...process.env, GOBIN: target, CGO_ENABLED: '0', GOFLAGS: '' } })
}

/** From 1.21 on Go fetches by itself the newer Go that a module asks for. */
export function canBuild(goVersion: string): boolean {
  const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/.exec(goVersion) ?? []
  return Number(major) > 1 || Number(minor) >= 21
}
