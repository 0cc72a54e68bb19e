import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from '@streamkeeper/database'
import { until } from '@streamkeeper/testkit'
import { freePort } from './free-port.js'
import { makeCertificate, type Certificate } from './make-certificate.js'
import { nativeCache } from './native-cache.js'
import { startPrivateEngines, type PrivateEngines } from './private-engines.js'

const run = promisify(execFile)
const secret = (): string => randomBytes(12).toString('hex')

export interface SecureEngines {
  /** What `up --engines external` needs, without the authority's certificate. */
  readonly env: Readonly<Record<string, string>>
  /** Certificate of the private authority that signed all of them. */
  readonly authority: string
  readonly databaseUrl: string
  stop(): Promise<void>
}

/** Kafka with TLS and SCRAM, S3 and Redis on TLS, PostgreSQL with TLS: real ones, with certificates of our own authority. */
export async function startSecureEngines(): Promise<SecureEngines> {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-secure-'))
  chmodSync(folder, 0o755)
  const keys = await makeCertificate(folder)
  const postgres = await startPrivateEngines('local')
  const children: ChildProcess[] = []
  const stop = async (): Promise<void> => {
    for (const child of children) child.kill('SIGKILL')
    await postgres.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const databaseUrl = await securePostgres(postgres, folder, keys)
    const started = [await startKafka(folder, keys), await startS3(folder, keys), await startRedis(folder, keys)]
    children.push(...started.map(({ child }) => child))
    await Promise.all(started.map(({ port }) => answers(port)))
    const env = Object.assign({ STREAMKEEPER_DATABASE_URL: databaseUrl }, ...started.map((one) => one.env)) as Record<
      string,
      string
    >
    return { env, databaseUrl, authority: keys.authority, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Started {
  readonly child: ChildProcess
  readonly port: number
  readonly env: Readonly<Record<string, string>>
}

async function startKafka(folder: string, { certificate, key }: Certificate): Promise<Started> {
  const [port, inside, controller] = [await freePort(), await freePort(), await freePort()]
  const password = secret()
  const pem = (file: string): string => readFileSync(file, 'utf8').trim().replaceAll('\n', '\\n')
  const address = '127.0.0.1'
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${address}:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `OUTSIDE://${address}:${port},INSIDE://${address}:${inside},CONTROLLER://${address}:${controller}`,
    'listener.security.protocol.map': 'OUTSIDE:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INSIDE',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.outside.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': pem(certificate),
    'ssl.keystore.key': pem(key),
    'log.dirs': join(folder, 'kafka'),
    'message.max.bytes': 20 * 1024 * 1024,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
  }
  const file = join(folder, 'kafka.properties')
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  const java = ['-Xmx512m', '-cp', join(nativeCache('kafka-'), '*')]
  const user = `SCRAM-SHA-512=[name=streamkeeper,password=${password}]`
  const format = ['format', '--cluster-id', 'c3RyZWFta2VlcGVyLXRlcw', '-c', file, '--add-scram', user]
  await run('java', [...java, 'kafka.tools.StorageTool', ...format])
  return {
    child: spawn('java', [...java, 'kafka.Kafka', file], { stdio: 'ignore' }),
    port,
    env: {
      STREAMKEEPER_KAFKA_BROKERS: `${address}:${port}`,
      STREAMKEEPER_KAFKA_TLS: 'true',
      STREAMKEEPER_KAFKA_SASL_MECHANISM: 'scram-sha-512',
      STREAMKEEPER_KAFKA_SASL_USERNAME: 'streamkeeper',
      STREAMKEEPER_KAFKA_SASL_PASSWORD: password,
    },
  }
}

async function startS3(folder: string, { certificate, key }: Certificate): Promise<Started> {
  const port = await freePort()
  const [access, password] = ['SKTEST', secret()]
  for (const part of ['objects', 'versions']) mkdirSync(join(folder, part))
  const words = ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', '--quiet', '--cert', certificate, '--key', key]
  const posix = ['posix', '--versioning-dir', join(folder, 'versions'), join(folder, 'objects')]
  const child = spawn(join(nativeCache('versitygw-'), 'versitygw'), [...words, ...posix], {
    stdio: 'ignore',
    env: { ROOT_ACCESS_KEY_ID: access, ROOT_SECRET_ACCESS_KEY: password },
  })
  const env = {
    STREAMKEEPER_S3_ENDPOINT: `https://127.0.0.1:${port}`,
    STREAMKEEPER_S3_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: access,
    AWS_SECRET_ACCESS_KEY: password,
  }
  return { child, port, env }
}

async function startRedis(folder: string, { authority, certificate, key }: Certificate): Promise<Started> {
  const port = await freePort()
  const password = secret()
  const tls = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority]
  const words = [
    '--port',
    '0',
    '--tls-port',
    String(port),
    ...tls,
    '--tls-auth-clients',
    'no',
    '--requirepass',
    password,
  ]
  const keep = ['--dir', folder, '--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', '']
  const child = spawn('redis-server', [...words, ...keep], { stdio: 'ignore' })
  return { child, port, env: { STREAMKEEPER_REDIS_URL: `rediss://:${password}@127.0.0.1:${port}` } }
}

/** Turns TLS on in a cluster that runs; gives an address that asks for it and checks the server's name. */
async function securePostgres({ engines, data }: PrivateEngines, folder: string, keys: Certificate): Promise<string> {
  const key = join(folder, 'postgres.key')
  writeFileSync(key, readFileSync(keys.key), { mode: 0o600 })
  const database = openDatabase({ url: engines.postgres.url.replace('//streamkeeper:', '//owner:'), poolSize: 1 })
  try {
    const { rows } = await database.pool.query<{ data_directory: string }>('show data_directory')
    const { uid, gid } = statSync(rows[0]?.data_directory ?? data)
    chownSync(key, uid, gid)
    for (const [name, value] of Object.entries({ ssl_cert_file: keys.certificate, ssl_key_file: key, ssl: 'on' }))
      await database.pool.query(`alter system set ${name} = '${value}'`)
    await database.pool.query('select pg_reload_conf()')
  } finally {
    await database.close()
  }
  return `${engines.postgres.url}?sslmode=verify-full`
}

async function answers(port: number): Promise<void> {
  const tryOnce = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => socket.destroy())
    })
  await until(tryOnce, { what: `port ${port} answers`, withinMs: 60_000, everyMs: 200 })
}
