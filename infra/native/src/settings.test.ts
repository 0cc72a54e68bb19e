import { join } from 'node:path'
import { describeMissing } from './find-command.js'
import { kafka, countBrokers, renderMetadataRequest } from './kafka.js'
import { renderServerProperties } from './kafka-settings.js'
import { elsewhere, renderArguments as renderPostgres, renderRole, renderStartup } from './postgres.js'
import { redis, renderArguments as renderRedis } from './redis.js'
import { canBuild, renderArguments as renderS3, s3 } from './s3.js'
import { makeKafkaClusterId, renderEngines, type State } from './state.js'

const state: State = {
  ports: { kafka: 20001, kafkaController: 20002, s3: 20003, postgres: 20004, redis: 20005 },
  kafkaClusterId: 'AAAAAAAAAAAAAAAAAAAAAA',
  s3: { accessKeyId: 'key', secretAccessKey: 'hidden' },
  postgres: { password: 'word', clusterId: 'abc' },
}

describe('what clients read', () => {
  it('has exactly the agreed members', () => {
    expect(renderEngines(state)).toEqual({
      kafka: { brokers: '127.0.0.1:20001' },
      redis: { url: 'redis://127.0.0.1:20005' },
      postgres: { url: 'postgres://streamkeeper:word@127.0.0.1:20004/streamkeeper' },
      s3: { endpoint: 'http://127.0.0.1:20003', region: 'us-east-1', accessKeyId: 'key', secretAccessKey: 'hidden' },
    })
  })
})

describe('Kafka', () => {
  it('takes records of 16 MiB and makes no topic by itself', () => {
    const properties = new Map(
      renderServerProperties('/data', state.ports)
        .trim()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    )
    for (const limit of ['message.max.bytes', 'replica.fetch.max.bytes', 'fetch.max.bytes', 'socket.request.max.bytes'])
      expect(Number(properties.get(limit))).toBeGreaterThan(16 * 1024 * 1024)
    expect(properties.get('auto.create.topics.enable')).toBe('false')
    expect(properties.get('listeners')).toBe('PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002')
    expect(properties.get('log.dirs')).toBe(join('/data', 'data'))
  })

  it('has a cluster id of 16 bytes that its tool does not take for an option', () => {
    const id = makeKafkaClusterId(Buffer.alloc(16, 0xff))
    expect(id).toMatch(/^[A-Za-z0-9][\w-]{21}$/)
    expect(Buffer.from(id, 'base64url')).toHaveLength(16)
  })

  it('asks with a request whose size is right, and counts the brokers of the answer', () => {
    const request = renderMetadataRequest()
    expect(request.readInt32BE(0)).toBe(request.length - 4)
    expect(countBrokers(Buffer.from([0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2]))).toBe(2)
  })
})

describe('the others', () => {
  it('listen on loopback only', () => {
    expect(renderRedis('/data', 1)).toEqual(expect.arrayContaining(['--bind', '127.0.0.1']))
    expect(renderPostgres('/data', 1)).toEqual(
      expect.arrayContaining(['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=on']),
    )
    expect(renderS3('/data', 7)).toEqual(expect.arrayContaining(['--port', '127.0.0.1:7']))
  })

  it('Redis keeps what it took and evicts nothing', () => {
    const words = renderRedis('/data', 1).join(' ')
    expect(words).toContain('--appendonly yes --appendfsync everysec')
    expect(words).toContain('--maxmemory-policy noeviction')
  })

  it('the keys of S3 stand in the environment, not on the command line', async () => {
    const command = await s3.command({ folder: '/data', cache: '/cache', state, tell: () => undefined })
    expect([command.file, ...command.args].join(' ')).not.toMatch(/hidden|key/)
    expect(command.env).toEqual({ ROOT_ACCESS_KEY_ID: 'key', ROOT_SECRET_ACCESS_KEY: 'hidden' })
  })

  it('PostgreSQL gets one statement a line and no password that ends its quotes', () => {
    expect(renderRole('word')).toMatch(/^CREATE ROLE [^\n]*;\nCREATE DATABASE [^\n]*;\n$/)
    expect(() => renderRole("x'; DROP")).toThrow(/quotes/)
    expect(renderStartup().readInt32BE(0)).toBe(renderStartup().length)
  })

  it('a data folder made anew gets a cluster of its own', () => {
    const other = { postgres: { ...state.postgres, clusterId: 'def' } }
    expect(elsewhere(other)).not.toBe(elsewhere(state))
  })

  it.each([
    ['go1.19.8', false],
    ['go1.21', true],
    ['go1.26.8\n', true],
    ['go2.0', true],
    ['devel', false],
  ])('Go %j builds the gateway: %j', (version, able) => {
    expect(canBuild(version)).toBe(able)
  })

  it('what is missing is named with its Debian packages, each once', () => {
    const text = describeMissing([...kafka.needs, ...redis.needs, ...redis.needs])
    expect(text).toContain('redis-server or valkey-server')
    expect(text).toMatch(/apt-get install -y default-jdk-headless maven redis-server$/)
  })
})
