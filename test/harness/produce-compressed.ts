import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { repositoryRoot } from '@streamkeeper/testkit'
import type { SentEvent } from '../checker/types.js'
import type { Outgoing } from './live-events.js'
import { nativeCache } from './native-cache.js'

export const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof codecs)[number]

/** Publishes by Kafka's own Java client, a batch a codec; all events are of one topic. Throws with what Java says. */
export async function produceCompressed(
  where: { readonly brokers: string; readonly prefix: string },
  events: readonly (Outgoing & { readonly codec: Codec })[],
): Promise<readonly SentEvent[]> {
  const topic = events[0]?.record.topic ?? ''
  const lines = events.map(({ codec, record }) => `${codec}\t${record.key}\t${record.value.toString('base64')}`)
  const source = join(repositoryRoot(), 'test/harness/Produce.java')
  const answer = await run(['-cp', join(nativeCache('kafka-'), '*'), source, where.brokers, topic], lines.join('\n'))
  const places = answer.trim().split('\n')
  return events.map(({ about }, index) => {
    const [partition, offset] = (places[index] ?? '').split('\t')
    return { ...about, ack: 'acknowledged', position: `${topic.slice(where.prefix.length)}:${partition}:${offset}` }
  })
}

function run(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('java', [...args], (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stderr}`)),
    )
    child.stdin?.end(input)
  })
}
