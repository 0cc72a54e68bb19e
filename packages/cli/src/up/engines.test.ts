import { engineAddresses, externalEngines } from './engines.js'

const env = {
  STREAMKEEPER_KAFKA_BROKERS: 'k1:9092,k2:9092',
  STREAMKEEPER_REDIS_URL: 'rediss://user:secret@redis.example:6380/2',
  STREAMKEEPER_DATABASE_URL: 'postgres://sk:secret@db.example/streamkeeper?sslmode=require',
  STREAMKEEPER_S3_ENDPOINT: 'https://s3.example',
  AWS_SECRET_ACCESS_KEY: 'secret',
  HOME: '/home/x',
}

it('says where each engine answers, and no secret', () => {
  const found = engineAddresses(env)
  expect(found).toEqual({
    kafka: 'k1:9092,k2:9092',
    redis: 'redis.example:6380',
    postgres: 'db.example',
    s3: 's3.example',
  })
  expect(
    engineAddresses({ ...env, STREAMKEEPER_EVENT_LOG: 'postgres', STREAMKEEPER_OBJECTS_DIR: '/data/objects' }),
  ).toEqual({ redis: 'redis.example:6380', postgres: 'db.example', objects: '/data/objects' })
  expect(JSON.stringify(found)).not.toMatch(/secret/)
})

it('leaves out what is not named, or cannot be read', () => {
  expect(engineAddresses({ STREAMKEEPER_REDIS_URL: 'not an address' })).toEqual({})
})

it('takes from the environment what belongs to engines, and nothing else', () => {
  expect(Object.keys(externalEngines(env))).toEqual(Object.keys(env).filter((name) => name !== 'HOME'))
})

it('refuses addresses that nobody can use, and names each variable', () => {
  const wrong = { ...env, STREAMKEEPER_KAFKA_BROKERS: 'http://k1', STREAMKEEPER_REDIS_URL: 'redis.example' }
  expect(() => externalEngines(wrong)).toThrow(/STREAMKEEPER_KAFKA_BROKERS[^]*STREAMKEEPER_REDIS_URL/)
})
