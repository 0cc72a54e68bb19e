import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { assertSandboxWorks } from './assert-sandbox-works.js'
import { createSandbox, SandboxUnavailableError } from './sandbox.js'

const run = promisify(execFile)

test('works here', async () => {
  await expect(assertSandboxWorks(createSandbox())).resolves.toBeUndefined()
}, 60_000)

test('refuses, naming the remedy, when bubblewrap is away, the decoder is away, or the walls have a hole', async () => {
  const sandbox = createSandbox()
  const without = { ...sandbox, prefix: sandbox.prefix.map((word) => (word === 'bwrap' ? 'no-such-bwrap' : word)) }
  await expect(assertSandboxWorks(without)).rejects.toThrow(/no-such-bwrap.*Install bubblewrap/)
  const blind = createSandbox({ ffmpeg: '/usr/bin/no-such-ffmpeg' })
  await expect(assertSandboxWorks(blind)).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  const holed = { ...sandbox, prefix: [...sandbox.prefix.slice(0, -1), '--ro-bind', '/etc', '/etc', '--'] }
  await expect(assertSandboxWorks(holed)).rejects.toThrow(/shows files of the host/)
  const tight = createSandbox({ memoryBytes: 20_000_000 })
  await expect(assertSandboxWorks(tight)).rejects.toBeInstanceOf(SandboxUnavailableError)
}, 60_000)

test('the risk is only taken by its name', async () => {
  const open = createSandbox({ unsandboxed: 'i-accept-the-risk', ffmpeg: '/no/such/ffmpeg' })
  expect(open.sandboxed).toBe(false)
  await expect(assertSandboxWorks(open)).resolves.toBeUndefined()
  expect(createSandbox({}).sandboxed).toBe(true)
}, 60_000)

test('inside there is no network, no file of the host, no process of others, no environment and nothing to write to', async () => {
  const { prefix } = createSandbox()
  const [program = '', ...rest] = prefix.filter((word) => word !== '--info-fd' && word !== '4')
  const look = async (script: string): Promise<string> =>
    (await run(program, [...rest, '/usr/bin/sh', '-c', script], { env: { ...process.env, SECRET: 'canary' } })).stdout
  expect((await look('echo /*')).trim()).toBe('/bin /etc /lib /lib64 /usr')
  expect((await look('echo /etc/*')).trim()).toBe('/etc/alternatives /etc/ld.so.cache')
  expect(await look('env')).not.toContain('canary')
  expect(await look('echo x > /usr/x 2>/dev/null || echo x 2>/dev/null > /x; test -s /x || echo refused')).toBe(
    'refused\n',
  )
  expect(await look('ulimit -t; ulimit -f')).toBe('unlimited\n0\n')
}, 60_000)
