import { decodeRecord, encodeEvent, encodeInlineSegment } from './index.js'

const time = new Date('2026-11-25T02:00:00.000Z')
const chat = {
  type: 'live.chat.sent',
  id: 'e1',
  source: '/platform',
  subject: 's1',
  time,
  data: {
    streamId: 's1',
    messageId: 'm1',
    accountId: 'a1',
    text: 'hi',
    kind: 'message',
    sentAt: '2026-11-25T02:00:00Z',
    extra: 7,
  },
} as const

describe('decodeRecord', () => {
  it('gives back what encodeEvent wrote, extra fields too', () => {
    const result = decodeRecord('live.chat', encodeEvent('p.', chat))
    expect(result).toMatchObject({ event: { type: 'live.chat.sent', id: 'e1', subject: 's1', time, data: chat.data } })
  })
  it('reads a segment in binary mode', () => {
    const bytes = Buffer.from('media')
    const record = encodeInlineSegment(
      '',
      {
        id: 's1-0',
        source: '/p',
        subject: 's1',
        time,
        data: {
          streamId: 's1',
          sequence: 0,
          streamTimeMs: 0,
          durationMs: 2000,
          mediaType: 'video/mp2t',
          sha256: 'a'.repeat(64),
          discontinuity: true,
        },
      },
      bytes,
    )
    expect(decodeRecord('live.segments', record)).toMatchObject({
      event: { bytes, data: { sequence: 0, size: 5, discontinuity: true, mediaType: 'video/mp2t' } },
    })
  })
  const change = (edit: (event: Record<string, unknown>) => void) => {
    const record = encodeEvent('', chat)
    const event = JSON.parse(record.value.toString()) as Record<string, unknown>
    edit(event)
    return decodeRecord('live.chat', { ...record, value: Buffer.from(JSON.stringify(event)) })
  }
  it.each([
    [
      'INVALID_ID',
      (e: Record<string, unknown>) => {
        ;(e['data'] as Record<string, unknown>)['messageId'] = '../../x'
      },
    ],
    [
      'INVALID_ID',
      (e: Record<string, unknown>) => {
        ;(e['data'] as Record<string, unknown>)['messageId'] = 'x'.repeat(129)
      },
    ],
    [
      'INVALID_EVENT',
      (e: Record<string, unknown>) => {
        delete (e['data'] as Record<string, unknown>)['text']
      },
    ],
    [
      'INVALID_EVENT',
      (e: Record<string, unknown>) => {
        ;(e['data'] as Record<string, unknown>)['text'] = 5
      },
    ],
    [
      'UNKNOWN_EVENT_TYPE',
      (e: Record<string, unknown>) => {
        e['type'] = 'live.segment.published'
      },
    ],
    [
      'UNKNOWN_EVENT_TYPE',
      (e: Record<string, unknown>) => {
        e['type'] = 'toString'
      },
    ],
    [
      'KEY_MISMATCH',
      (e: Record<string, unknown>) => {
        e['subject'] = 's2'
      },
    ],
    [
      'UNSUPPORTED_MODE',
      (e: Record<string, unknown>) => {
        e['data_base64'] = 'AA=='
      },
    ],
  ])('answers %s', (code, edit) => {
    expect(change(edit)).toMatchObject({ rejection: { code } })
  })
  it('takes a record without key by its subject', () => {
    expect(decodeRecord('live.chat', { ...encodeEvent('', chat), key: null })).toHaveProperty('event')
  })
  it('names what is no JSON', () => {
    expect(decodeRecord('live.chat', { key: 's1', headers: {}, value: Buffer.from([0xff, 0xfe]) })).toMatchObject({
      rejection: { code: 'INVALID_JSON' },
    })
    expect(decodeRecord('live.chat', { key: 's1', headers: {}, value: null })).toMatchObject({
      rejection: { code: 'INVALID_EVENT' },
    })
  })
  it('refuses a value above the limit of its topic', () => {
    expect(decodeRecord('live.chat', { key: 's1', headers: {}, value: Buffer.alloc(1024 * 1024 + 1) })).toMatchObject({
      rejection: { code: 'VALUE_TOO_LARGE' },
    })
  })
})
