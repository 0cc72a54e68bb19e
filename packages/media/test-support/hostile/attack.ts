import { readFileSync } from 'node:fs'
import { createLiveDecoder, type LiveDecoder } from '../../src/live-decoder.js'
import type { Sandbox } from '../../src/sandbox.js'
import type { DecodedSegment } from '../../src/segment.js'
import { toSegment } from '../make-segments.js'
import type { HostileInput } from './input.js'

export interface Attacked {
  readonly input: HostileInput
  readonly result: DecodedSegment
  readonly ms: number
}

export interface AttackWatch {
  /** Every process that was seen. */
  readonly pids: Set<number>
  /** Caps on address space that decoders had, in bytes. */
  readonly caps: Set<number>
  /** The most memory that decoders held at once, in bytes. */
  most: number
}

const LIMITS = { silenceMs: 300, deadlineMs: 6000, cpuMs: 4000 }
const LANES = 2

/** Feeds each input to a decoder of its media type, two at a time; the lanes are streams that live on through all of it. */
export async function attack(
  inputs: readonly HostileInput[],
  sandbox: Sandbox,
  watch: AttackWatch,
): Promise<Attacked[]> {
  const left = [...inputs]
  const all: Attacked[] = []
  const open = new Set<LiveDecoder>()
  const looking = setInterval(
    () =>
      lookAt(
        [...open].flatMap(({ pids }) => pids),
        watch,
      ),
    50,
  )
  const lane = async (name: string): Promise<void> => {
    const decoders = new Map<string, LiveDecoder>()
    for (let input = left.shift(), sequence = 0; input !== undefined; input = left.shift(), sequence += 1) {
      const { mediaType } = input
      const decoder = decoders.get(mediaType) ?? createLiveDecoder({ streamId: name, mediaType, sandbox, ...LIMITS })
      decoders.set(mediaType, decoder)
      open.add(decoder)
      const began = performance.now()
      const result = await decoder.feed(toSegment(input.bytes, sequence))
      all.push({ input, result, ms: performance.now() - began })
    }
    await Promise.all([...decoders.values()].map((decoder) => decoder.close()))
  }
  await Promise.all(Array.from({ length: LANES }, (_, at) => lane(`lane-${at}`)))
  clearInterval(looking)
  return all
}

function lookAt(pids: readonly number[], watch: AttackWatch): void {
  let held = 0
  for (const pid of pids) {
    watch.pids.add(pid)
    const cap = /^Max address space +(\d+)/m.exec(read(`/proc/${pid}/limits`))?.[1]
    if (cap !== undefined) watch.caps.add(Number(cap))
    held += Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
  }
  watch.most = Math.max(watch.most, held)
}

/** Empty when the process has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Names of those that are still there, zombies left out. */
export function findAlive(pids: Iterable<number>): string[] {
  return [...pids].flatMap((pid) => {
    const status = read(`/proc/${pid}/status`)
    const isDecoder = /^Name:\s+(bwrap|ffmpeg|prlimit)$/m.test(status) && !/^State:\s+Z/m.test(status)
    return isDecoder ? [`${pid}: ${status.split('\n')[0]}`] : []
  })
}
