import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import {
  listAlarms,
  openScratchDatabase,
  type Database,
  type NewAlarm,
  type OpenScratchDatabase,
} from '@streamkeeper/database'
import { RetriableError } from '@streamkeeper/pipeline'
import { createLogger } from '@streamkeeper/runtime'
import { engines } from '@streamkeeper/testkit'
import { createAlarms } from './alarms.js'

/** Alarms in the real database, posted to a real server. */
let database: Database
let opened: OpenScratchDatabase
let server: Server
let url: string
let status = 200
let posted: Record<string, unknown>[] = []
const logger = createLogger({ name: 'escalate', level: 'fatal' })
const now = () => 1_750_000_000_000

beforeAll(async () => {
  opened = await openScratchDatabase(engines().postgres.url)
  ;({ database } = opened)
  server = createServer((request, response) => {
    void json(request).then((body) => {
      posted.push(body as Record<string, unknown>)
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/alarm`
}, 60_000)

afterAll(async () => {
  server.close()
  await opened.close()
})

beforeEach(() => {
  posted = []
  status = 200
})

const away = (subject: string): NewAlarm => ({
  kind: 'engine-away',
  subject,
  message: `${subject} does not answer`,
  streamId: null,
  caseId: null,
})
const events = () => posted.map(({ event, subject }) => `${String(event)} ${String(subject)}`)

it('is posted once while it is open, and again that it is over; a restart repeats nothing', async () => {
  const first = createAlarms({ database, url, logger, now })
  await first.settle('engine-away', [away('redis'), away('spool')])
  await first.settle('engine-away', [away('redis'), away('spool')])
  await createAlarms({ database, url, logger, now }).settle('engine-away', [away('redis')])
  expect(events()).toEqual(['raised redis', 'raised spool', 'ended spool'])
  expect(posted[0]).toMatchObject({ kind: 'engine-away', message: 'redis does not answer', at: expect.any(String) })
  await first.settle('engine-away', [])
  expect(events().at(-1)).toBe('ended redis')
})

it('an address that refuses or is not there holds nothing up', async () => {
  status = 500
  await createAlarms({ database, url, logger, now }).raise({ ...away('one'), kind: 'key-lost' })
  expect(events()).toEqual(['raised one'])
  await createAlarms({ database, url: 'http://127.0.0.1:9/', logger, now }).raise({ ...away('two'), kind: 'key-lost' })
})

/** The database, which takes nothing as long as it is away. */
function openFlaky(): { readonly database: Database; isAway: boolean } {
  const insert = database.orm.insert.bind(database.orm)
  const flaky = { isAway: true, database }
  const orm = Object.assign(Object.create(database.orm) as Database['orm'], {
    insert: (...given: Parameters<typeof insert>) => {
      if (flaky.isAway) throw new RetriableError('database is away or busy')
      return insert(...given)
    },
  })
  flaky.database = { ...database, orm }
  return flaky
}

it('while the database is away an alarm is told all the same, once, and written when it is back', async () => {
  const flaky = openFlaky()
  const alarms = createAlarms({ database: flaky.database, url, logger, now })
  await alarms.raise(away('postgres'))
  await alarms.raise(away('postgres'))
  flaky.isAway = false
  await alarms.raise(away('postgres'))
  expect(events()).toEqual(['raised postgres'])
  await alarms.settle('engine-away', [])
  expect(events().at(-1)).toBe('ended postgres')
})

it('one that is over before it could be written is told as over, and stands in the list', async () => {
  const flaky = openFlaky()
  const alarms = createAlarms({ database: flaky.database, url, logger, now })
  await alarms.raise(away('event log'))
  flaky.isAway = false
  await alarms.settle('engine-away', [])
  expect(events()).toEqual(['raised event log', 'ended event log'])
  const found = (await listAlarms(database, 100)).find(({ subject }) => subject === 'event log')
  expect(found).toMatchObject({ raisedAt: new Date(now()), endedAt: new Date(now()) })
})
