import { readPageEvent } from './page-event.js'

describe('readPageEvent', () => {
  it('reads what it knows', () => {
    expect(readPageEvent('{"type":"case","caseId":"c","version":2}')).toEqual({ type: 'case', caseId: 'c', version: 2 })
    expect(readPageEvent('{"type":"held","waiting":3}')).toEqual({ type: 'held', waiting: 3 })
    expect(readPageEvent('{"type":"ready","ok":false,"away":["redis"]}')).toMatchObject({ away: ['redis'] })
  })

  it.each([
    '',
    'no json',
    'null',
    '7',
    '{"type":"later"}',
    '{"type":"case"}',
    '{"type":"held"}',
    '{"type":"ready","ok":true}',
  ])('passes over %p', (line) => {
    expect(readPageEvent(line)).toBeNull()
  })
})
