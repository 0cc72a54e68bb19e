import { formatLog } from './format-log.js'

const time = '2026-01-01T10:20:30.456Z'

it('puts a JSON line into words: time, service, level, message, fields, error', () => {
  const line = JSON.stringify({
    level: 40,
    time,
    msg: 'slow',
    streamId: 's',
    err: { message: 'why' },
    pid: 1,
    name: 'x',
  })
  expect(formatLog('ingest', line, false)).toBe('10:20:30.456 ingest    warn  slow streamId=s error="why"')
})

it('reads levels as words and times as numbers as well', () => {
  const line = JSON.stringify({ level: 'info', time: Date.parse(time), msg: 'm', n: 3 })
  expect(formatLog('console', line, false)).toBe('10:20:30.456 console   info  m n=3')
})

it.each(['plain words', '{"half":', '[1]'])('takes %s for the message itself', (line) => {
  const [clock = '', ...rest] = formatLog('screen', line, false).split(' ')
  expect(clock).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/)
  expect(rest.join(' ')).toBe(`screen    info  ${line}`)
})

it('colours the name alone', () => {
  const line = JSON.stringify({ level: 30, time, msg: 'x' })
  expect(formatLog('archive', line, true)).toBe('10:20:30.456 \u001B[32marchive  \u001B[0m info  x')
})
