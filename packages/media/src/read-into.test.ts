import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { copyInto, readInto } from './read-into.js'

/** Three megabytes that repeat nowhere in step with a buffer. */
const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff))

/** Memory of odd sizes, one behind the other. */
function collect(sizes: readonly number[]) {
  const full: Buffer[] = []
  let open = Buffer.alloc(sizes[0] ?? 1)
  let filled = 0
  return {
    space: () => open.subarray(filled),
    take: (count: number) => {
      filled += count
      if (filled < open.length) return
      full.push(open)
      open = Buffer.alloc(sizes[full.length % sizes.length] ?? 1)
      filled = 0
    },
    all: () => Buffer.concat([...full, open.subarray(0, filled)]),
  }
}

async function runCat(read: (pipe: Readable) => void) {
  const child = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] })
  read(child.stdout)
  child.stdin.end(sent)
  await once(child, 'close')
  return child
}

test('what a child writes lands in the memory that is given, all of it before the child is said to be through', async () => {
  const memory = collect([17, 1_000_003, 1, 70_001])
  const child = await runCat((pipe) => readInto(pipe, memory))
  expect(memory.all().equals(sent)).toBe(true)
  // Without this the test would pass by copying.
  expect(Reflect.get(child.stdout, '_handle')).toBeNull()
})

test('where a pipe cannot be read so, its bytes are copied', async () => {
  const memory = collect([17, 1_000_003])
  await runCat((pipe) => pipe.on('data', (chunk: Buffer) => copyInto(chunk, memory)))
  expect(memory.all().equals(sent)).toBe(true)
})

test('to destroy the pipe ends the reading', async () => {
  const child = spawn('sleep', ['1000'], { stdio: ['ignore', 'pipe', 'ignore'] })
  readInto(child.stdout, collect([10]))
  child.stdout.destroy()
  await once(child.stdout, 'close')
  child.kill('SIGKILL')
  await once(child, 'close')
})
