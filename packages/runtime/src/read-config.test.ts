import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import {
  databaseSettings,
  healthSettings,
  kafkaSettings,
  keySettings,
  keysDirectory,
  logSettings,
  objectSettings,
  redisSettings,
  usesPathStyle,
} from './common-settings.js'
import { ConfigError, listSettings, readConfig } from './read-config.js'
import { flagText, integerText, listText, setting, type Settings } from './setting.js'

const all = {
  ...logSettings,
  ...kafkaSettings,
  ...databaseSettings,
  ...redisSettings,
  ...objectSettings,
  ...keySettings,
  ...healthSettings,
}

function problemsOf(settings: Settings, env: Record<string, string>): readonly string[] {
  try {
    readConfig(settings, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('readConfig', () => {
  it('fits one machine without any variable', () => {
    const { config, warnings } = readConfig(all, {})
    expect(config).toMatchObject({
      topicPrefix: '',
      logLevel: 'info',
      kafkaBrokers: ['127.0.0.1:9092'],
      kafkaTls: false,
      s3Region: 'us-east-1',
      s3Bucket: 'streamkeeper-archive',
      spoolBucket: 'streamkeeper-spool',
      healthPort: 0,
      healthHost: '127.0.0.1',
    })
    expect(config.kafkaSaslMechanism).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('is frozen, lists too', () => {
    const { config } = readConfig(all, { STREAMKEEPER_KAFKA_BROKERS: 'a:1, b:2,' })
    expect(config.kafkaBrokers).toEqual(['a:1', 'b:2'])
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.kafkaBrokers)).toBe(true)
  })

  it('names every problem at once, each with its variable', () => {
    const problems = problemsOf(all, {
      STREAMKEEPER_LOG_LEVEL: 'loud',
      STREAMKEEPER_HEALTH_PORT: '70000',
      STREAMKEEPER_KAFKA_BROKERS: 'nowhere',
      STREAMKEEPER_REDIS_URL: 'http://x',
    })
    expect(problems.map((problem) => problem.split(':', 1)[0])).toEqual([
      'STREAMKEEPER_LOG_LEVEL',
      'STREAMKEEPER_KAFKA_BROKERS',
      'STREAMKEEPER_REDIS_URL',
      'STREAMKEEPER_HEALTH_PORT',
    ])
    expect(problems[3]).toBe('STREAMKEEPER_HEALTH_PORT: "70000": expected a whole number from 0 to 65535')
  })

  it('has a code and all problems in its message', () => {
    const error = new ConfigError(['STREAMKEEPER_A: is missing', 'STREAMKEEPER_B: is missing'])
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.message).toContain('STREAMKEEPER_A')
    expect(error.message).toContain('STREAMKEEPER_B')
  })

  it('says what a missing variable is for, and takes an empty one as missing', () => {
    const settings = { token: setting('STREAMKEEPER_TOKEN', z.string(), { description: 'Token of the alarm page.' }) }
    const expected = ['STREAMKEEPER_TOKEN: is missing. Token of the alarm page.']
    expect(problemsOf(settings, {})).toEqual(expected)
    expect(problemsOf(settings, { STREAMKEEPER_TOKEN: '' })).toEqual(expected)
  })

  it('wants all of SASL or nothing', () => {
    expect(problemsOf(kafkaSettings, { STREAMKEEPER_KAFKA_SASL_MECHANISM: 'plain' })).toEqual([
      'STREAMKEEPER_KAFKA_SASL_MECHANISM: is set, so STREAMKEEPER_KAFKA_SASL_USERNAME must be set too',
    ])
    const whole = {
      STREAMKEEPER_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
      STREAMKEEPER_KAFKA_SASL_USERNAME: 'u',
      STREAMKEEPER_KAFKA_SASL_PASSWORD: 'p',
    }
    expect(readConfig(kafkaSettings, whole).config.kafkaSaslMechanism).toBe('scram-sha-256')
  })

  it('puts keys into the data folder, and the bucket into the path of an own endpoint', () => {
    const { config } = readConfig(all, { STREAMKEEPER_DATA_DIR: '/d', STREAMKEEPER_S3_ENDPOINT: 'http://127.0.0.1:9' })
    expect(keysDirectory(config)).toBe(join('/d', 'keys'))
    expect(usesPathStyle(config)).toBe(true)
    expect(usesPathStyle(readConfig(all, {}).config)).toBe(false)
    const keys = { STREAMKEEPER_KEYS_DIR: '/k', STREAMKEEPER_S3_PATH_STYLE: 'yes' }
    expect(keysDirectory(readConfig(all, keys).config)).toBe('/k')
    expect(usesPathStyle(readConfig(all, keys).config)).toBe(true)
  })

  it('warns of variables that look misspelt and not of those of others', () => {
    const env = {
      STREAMKEEPER_KAFKA_BROKER: 'a:1',
      STREAMKEEPER_LOGLEVEL: 'debug',
      STREAMKEEPER_CONSOLE_PORT: '80',
      KAFKA_BROKERS: 'x',
    }
    expect(readConfig(all, env).warnings).toEqual([
      'STREAMKEEPER_KAFKA_BROKER is not known; did you mean STREAMKEEPER_KAFKA_BROKERS?',
      'STREAMKEEPER_LOGLEVEL is not known; did you mean STREAMKEEPER_LOG_LEVEL?',
    ])
  })

  it.each(['NOT_OURS', 'STREAMKEEPER_lower'])('refuses a setting named %s', (name) => {
    expect(() => setting(name, z.string(), { description: '' })).toThrow(TypeError)
  })
})

describe('secrets', () => {
  const dir = mkdtempSync(join(tmpdir(), 'read-config-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  it('never appear in a problem', () => {
    const [problem] = problemsOf(databaseSettings, { STREAMKEEPER_DATABASE_URL: 'mysql://u:hunter2@h/d' })
    expect(problem).toMatch(/^STREAMKEEPER_DATABASE_URL: does not fit/)
    expect(problem).not.toContain('hunter2')
  })

  it('are not shown in other variables either', () => {
    const env = { STREAMKEEPER_S3_ENDPOINT: 'ftp://u:hunter2@h/' }
    expect(problemsOf(objectSettings, env)[0]).not.toContain('hunter2')
  })

  it('come from a file too, without its last line break', () => {
    const path = join(dir, 'url')
    writeFileSync(path, 'postgres://u:p@h/d\n')
    expect(readConfig(databaseSettings, { STREAMKEEPER_DATABASE_URL_FILE: path }).config.databaseUrl).toBe(
      'postgres://u:p@h/d',
    )
  })

  it('name a file that is away or empty', () => {
    const empty = join(dir, 'empty')
    writeFileSync(empty, '\n')
    const away = problemsOf(databaseSettings, { STREAMKEEPER_DATABASE_URL_FILE: join(dir, 'away') })
    expect(away).toEqual([`STREAMKEEPER_DATABASE_URL_FILE: ${join(dir, 'away')} cannot be read (ENOENT)`])
    expect(problemsOf(databaseSettings, { STREAMKEEPER_DATABASE_URL_FILE: empty })[0]).toContain('is empty')
  })

  it('are refused when given twice', () => {
    const env = { STREAMKEEPER_DATABASE_URL: 'postgres://h/d', STREAMKEEPER_DATABASE_URL_FILE: join(dir, 'url') }
    expect(problemsOf(databaseSettings, env)).toEqual([
      'STREAMKEEPER_DATABASE_URL: is set twice, also as STREAMKEEPER_DATABASE_URL_FILE',
    ])
  })
})

describe('listSettings', () => {
  it('gives the rows of the docs', () => {
    const needed = setting('STREAMKEEPER_NEEDED', z.string(), { description: 'Must be.' })
    expect(listSettings({ needed, level: logSettings.logLevel })).toEqual([
      { variable: 'STREAMKEEPER_NEEDED', description: 'Must be.', secret: false, default: null, required: true },
      {
        variable: 'STREAMKEEPER_LOG_LEVEL',
        description: logSettings.logLevel.description,
        secret: false,
        default: 'info',
        required: false,
      },
    ])
  })
})

describe('texts', () => {
  it.each(['1', 'TRUE', 'yes', 'on'])('%s is true', (text) => expect(flagText().parse(text)).toBe(true))
  it.each(['0', 'False', 'no', 'off'])('%s is false', (text) => expect(flagText().parse(text)).toBe(false))
  it.each(['2', 'maybe'])('%s is no flag', (text) => expect(flagText().safeParse(text).success).toBe(false))
  it.each(['0x10', '1e2', ' 5', '5.0', '11', '-1'])('%s is no integer of 0 to 10', (text) =>
    expect(integerText(0, 10).safeParse(text).success).toBe(false),
  )
  it('takes negative integers where they are allowed', () => expect(integerText(-5, 5).parse('-3')).toBe(-3))
  it('names what is wrong in a list', () => expect(listText(z.enum(['a'])).safeParse('a,b').success).toBe(false))
})
