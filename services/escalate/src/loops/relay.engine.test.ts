import { decodeRecord, topicName, verifyEvent } from '@streamkeeper/contracts'
import { addSigningKey, loadPublicJwks, openKeyRing, removeSigningKey } from '@streamkeeper/runtime'
import { cutStream } from '../_cut-stream.js'
import { openTestDeps, topicPrefix, type TestDeps } from '../_test-deps.js'
import { relayOnce } from './relay.js'

/** What the platform gets to see of a command: its bytes are its promise. */
let opened: TestDeps
beforeAll(async () => {
  opened = await openTestDeps()
}, 60_000)
afterAll(() => opened.close())

const commands = async () => opened.log.read(topicName(topicPrefix, 'moderation.commands'), 0, 0n, 100)
const keyOf = (value: Buffer | null) => (JSON.parse(String(value)) as { keyid: string }).keyid

it('sends a command again byte for byte, signed by the key of its first time, though keys were rotated since', async () => {
  const { deps, clock, keysDir } = opened
  const first = deps.keys.current().keyId
  await cutStream(opened.deps, 'rotated')
  await relayOnce(deps)
  await addSigningKey(keysDir, 'commands')
  await deps.keys.refresh()
  expect(deps.keys.current().keyId).not.toBe(first)
  clock.now += deps.policy.commands.retryMs
  await relayOnce(deps)
  const sent = await commands()
  expect(sent).toHaveLength(2)
  expect(sent[1]?.value?.equals(sent[0]?.value ?? Buffer.alloc(0))).toBe(true)
  expect(keyOf(sent[0]?.value ?? null)).toBe(first)
  await cutStream(opened.deps, 'after-rotation')
  await relayOnce(deps)
  expect(keyOf((await commands())[2]?.value ?? null)).toBe(deps.keys.current().keyId)
})

it('the platform can verify each by the public keys; once the old key is retired, only by the new one', async () => {
  const { deps, clock, keysDir } = opened
  const isVerified = async (at: number): Promise<boolean> => {
    const record = (await commands())[at]
    if (record === undefined) throw new Error(`no command ${at}`)
    const decoded = decodeRecord('moderation.commands', record)
    if ('rejection' in decoded) throw new Error('a command that is none')
    const { attributes, data } = decoded.event
    return verifyEvent({ ...attributes, data }, await loadPublicJwks(keysDir))
  }
  expect([await isVerified(0), await isVerified(2)]).toEqual([true, true])
  await removeSigningKey(keysDir, 'commands', keyOf((await commands())[0]?.value ?? null))
  expect([await isVerified(0), await isVerified(2)]).toEqual([false, true])
  // A process that had the old key still repeats itself; one that starts now signs anew, so that the platform is told all the same.
  const before = (await commands()).length
  clock.now += deps.policy.commands.retryMs
  await relayOnce({ ...deps, keys: await openKeyRing(keysDir, 'commands') })
  const later = (await commands()).slice(before)
  expect(new Set(later.map(({ key }) => key))).toEqual(new Set(['after-rotation', 'rotated']))
  for (const at of later.keys()) expect(await isVerified(before + at)).toBe(true)
})
