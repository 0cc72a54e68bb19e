import fc from 'fast-check'
import { bytesOf, encodeHead, MessageReader, type FromWorker } from './protocol.js'

/** Reads `bytes` in steps of these sizes, as they come over a socket. */
function readAll(bytes: Uint8Array, steps: readonly number[]) {
  const reader = new MessageReader<FromWorker>((size) => new Uint8Array(size))
  const found: { message: FromWorker; values: number[] }[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const { space } = reader
    const count = Math.min(space.length, steps[turn % steps.length] ?? 1, bytes.length - at)
    space.set(bytes.subarray(at, at + count))
    at += count
    const heard = reader.take(count)
    if (heard !== undefined) found.push({ message: heard.message, values: [...new Float32Array(heard.body.buffer)] })
  }
  return found
}

test('messages come out as they went in, wherever they are cut', () => {
  const message = fc.record({
    message: fc.oneof(
      fc.constant<FromWorker>({ type: 'ready' }),
      fc.string().map((detail): FromWorker => ({ type: 'broken', detail, rssBytes: 1 })),
      fc.array(fc.nat()).map((shape): FromWorker => ({ type: 'answer', shape, rssBytes: 2 })),
    ),
    values: fc.array(fc.float({ noNaN: true }), { maxLength: 50 }),
  })
  const steps = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), steps, (messages, sizes) => {
      const bytes = messages.flatMap(({ message: one, values }) => {
        const body = bytesOf(Float32Array.from(values))
        return [encodeHead(one, body), body]
      })
      expect(readAll(Buffer.concat(bytes), sizes)).toEqual(messages)
    }),
  )
})

test('a message of a size that none of ours has is refused before memory is taken for it', () => {
  const sizes = Buffer.alloc(8)
  sizes.writeUInt32LE(20, 0)
  sizes.writeUInt32LE(2 ** 31, 4)
  expect(() => readAll(sizes, [8])).toThrow(RangeError)
})
