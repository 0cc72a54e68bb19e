import { randomBytes } from 'node:crypto'
import { until } from '@streamkeeper/testkit'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox, type Sandbox } from './sandbox.js'
import type { DecodedSegment } from './segment.js'
import { attack, findAlive, type Attacked, type AttackWatch } from '../test-support/hostile/attack.js'
import { bombs } from '../test-support/hostile/bombs.js'
import { damages } from '../test-support/hostile/damage.js'
import { disguises } from '../test-support/hostile/disguises.js'
import { hidden } from '../test-support/hostile/hidden.js'
import type { HostileInput, Materials } from '../test-support/hostile/input.js'
import { makeMaterials, openHoney, showsCanary, type Honey } from '../test-support/hostile/materials.js'
import { references } from '../test-support/hostile/references.js'
import { toSegment } from '../test-support/make-segments.js'
import { report } from '../test-support/ordinary-user.js'

/** The longer form: so many times as many seeds. */
const SEEDS = Number(process.env['STREAMKEEPER_HOSTILE_SEEDS'] ?? 1)
const DEADLINE_MS = 20_000
const GIB = 1024 ** 3
const mark = `canary-${randomBytes(8).toString('hex')}`

let honey: Honey
let materials: Materials
beforeAll(async () => {
  honey = await openHoney()
  materials = await makeMaterials(mark, honey.url)
}, 60_000)
afterAll(() => honey.close())

/** Another stream, watched all the time: each segment is decoded, by one process. */
function startNeighbour(sandbox: Sandbox): { stop(): Promise<{ results: DecodedSegment[]; pids: Set<number> }> } {
  const decoder = createLiveDecoder({ streamId: 'neighbour', mediaType: 'video/mp2t', sandbox })
  const results: DecodedSegment[] = []
  const pids = new Set<number>()
  const stopping = new AbortController()
  const feeding = (async () => {
    for (let sequence = 0; !stopping.signal.aborted; sequence += 1) {
      results.push(await decoder.feed(toSegment(materials.ts, sequence)))
      for (const pid of decoder.pids) pids.add(pid)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  const stop = async () => {
    stopping.abort()
    await feeding
    await decoder.close()
    return { results, pids }
  }
  return { stop }
}

async function withstand(inputs: readonly HostileInput[], sandbox: Sandbox, cap: number): Promise<void> {
  const watch: AttackWatch = { pids: new Set(), caps: new Set(), most: 0 }
  const neighbour = startNeighbour(sandbox)
  const attacked = await attack(inputs, sandbox, watch)
  const { results, pids } = await neighbour.stop()
  tellTable(attacked, watch)
  expect(attacked).toHaveLength(inputs.length)
  for (const { input, result, ms } of attacked) {
    const name = `${input.family}: ${input.name} as ${input.mediaType}`
    const pictures = result.outcome === 'decoded' ? result.pictures : []
    if (input.neverPicture) expect([name, result.outcome]).toEqual([name, 'failed'])
    if (result.outcome === 'failed') expect([name, result.detail.includes(mark)]).toEqual([name, false])
    expect([name, pictures.some(({ rgb }) => showsCanary(rgb, mark))]).toEqual([name, false])
    expect([name, ms < DEADLINE_MS]).toEqual([name, true])
  }
  expect(honey.visits()).toBe(0)
  expect(results.length).toBeGreaterThan(5)
  expect(results.filter(({ outcome }) => outcome !== 'decoded')).toEqual([])
  expect(pids.size).toBe(sandbox.sandboxed ? 2 : 1)
  expect([...watch.caps]).toEqual([cap])
  expect(watch.most).toBeLessThan(2 * GIB)
  await until(() => (findAlive([...watch.pids, ...pids]).length === 0 ? true : undefined), { what: 'no process left' })
}

function tellTable(attacked: readonly Attacked[], { most }: AttackWatch): void {
  for (const family of new Set(attacked.map(({ input }) => input.family))) {
    const those = attacked.filter(({ input }) => input.family === family)
    const failed = those.filter(({ result }) => result.outcome === 'failed').length
    const longest = Math.max(...those.map(({ ms }) => ms))
    report(`${family}: ${those.length}, ${failed} failed, longest ${Math.round(longest)} ms`)
  }
  report(`${attacked.length} inputs, decoders held ${Math.round(most / 2 ** 20)} MB at most`)
}

test(
  '250 hostile inputs by family: nothing gets out, nothing hangs, nothing stays, and the stream beside goes on',
  async () => {
    const inputs = [
      ...disguises(materials),
      ...references(materials),
      ...(await bombs(materials)),
      ...hidden(materials),
      ...damages(materials, SEEDS),
    ]
    expect(inputs.length).toBeGreaterThanOrEqual(250)
    await withstand(inputs, createSandbox(), GIB)
  },
  600_000 * SEEDS,
)

test('what names a file or an address opens neither without walls too: the decoder itself refuses', async () => {
  const naming = [...disguises(materials), ...references(materials)]
  await withstand(naming, createSandbox({ unsandboxed: 'i-accept-the-risk' }), GIB)
}, 600_000)

test('the canary would be seen', async () => {
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: createSandbox() })
  const { readFile } = await import('node:fs/promises')
  const result = await decoder.feed(toSegment(await readFile(materials.canaryPath)))
  await decoder.close()
  expect(result.outcome === 'decoded' && result.pictures.some(({ rgb }) => showsCanary(rgb, mark))).toBe(true)
  expect(showsCanary(Buffer.from(`x${mark}x`), mark)).toBe(true)
}, 60_000)
