import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { addToCache } from './add-to-cache.js'
import type { Engine, Place } from './engine.js'
import { exchange } from './exchange.js'
import { requireCommand } from './find-command.js'
import { logSettings, renderServerProperties } from './kafka-settings.js'
import { runToEnd, type Command } from './run-process.js'

const version = '4.3.1'
const memory = ['-Xms256m', '-Xmx512m', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-XX:+ExitOnOutOfMemoryError']
const pom = resolve(import.meta.dirname, '../pom.xml')
const jarsIn = (cache: string): string => join(cache, `kafka-${version}`)

/** Apache Kafka, one node that is broker and controller. */
export const kafka: Engine = {
  name: 'kafka',
  title: `Apache Kafka ${version}`,
  port: ({ ports }) => ports.kafka,
  needs: [
    { commands: ['java'], debian: 'default-jdk-headless' },
    { commands: ['mvn'], debian: 'maven', isNeeded: (cache) => !existsSync(jarsIn(cache)) },
  ],
  stopSignal: 'SIGTERM',
  prepare,
  command: (place) => java(place, [...memory, 'kafka.Kafka', 'server.properties']),
  probe: async ({ ports }) => {
    const answer = await exchange({
      port: ports.kafka,
      request: renderMetadataRequest(),
      isWhole: (bytes) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0),
    })
    if (countBrokers(answer) === 0) throw new Error('the broker is still fenced')
  },
}

/** Asks for the brokers and no topic (API 3, version 1): answered once the broker takes part. */
export function renderMetadataRequest(): Buffer {
  const client = Buffer.from('native')
  const head = Buffer.alloc(10)
  head.writeInt16BE(3, 0)
  head.writeInt16BE(1, 2)
  head.writeInt32BE(1, 4)
  head.writeInt16BE(client.length, 8)
  const body = Buffer.concat([head, client, Buffer.alloc(4)])
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

/** Brokers in the answer to that request: size, correlation, then the length of the list. */
export function countBrokers(answer: Buffer): number {
  return answer.readInt32BE(8)
}

async function prepare(place: Place): Promise<void> {
  const { folder, cache, state, tell } = place
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await addToCache(cache, `kafka-${version}`, async (target) => {
    tell(`Apache Kafka ${version}: fetching 45 MB from Maven Central, the first time`)
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${target}`, '-DincludeScope=runtime']
    await runToEnd({ file: await requireCommand('mvn'), args: ['-q', '-B', '-f', pom, ...goal], cwd: target })
  })
  await writeFile(join(folder, 'server.properties'), renderServerProperties(folder, state.ports))
  await writeFile(join(folder, 'log4j2.properties'), logSettings)
  if (existsSync(join(folder, 'data', 'meta.properties'))) return
  const format = ['format', `--cluster-id=${state.kafkaClusterId}`, '-c', 'server.properties', '--ignore-formatted']
  await runToEnd(await java(place, ['kafka.tools.StorageTool', ...format]))
}

async function java({ folder, cache }: Place, args: readonly string[]): Promise<Command> {
  const settings = ['-cp', join(jarsIn(cache), '*'), '-Dlog4j2.configurationFile=log4j2.properties']
  return { file: await requireCommand('java'), args: [...settings, '-Djava.awt.headless=true', ...args], cwd: folder }
}
