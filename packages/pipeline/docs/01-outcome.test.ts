/**
 * 1. Outcomes
 *
 * A step says what became of its input by a value. There are four, and an exception is none of them: it means that
 * nobody foresaw it. (One exception to that: an error whose `retriable` is true counts as `retry`, since libraries
 * throw when a dependency is away.)
 */
import { dlq, drop, ok, retry, RetriableError, type Outcome } from '../src/index.js'

describe('1. an outcome', () => {
  it('is ok with a value, and the next step goes on with it', () => {
    expect(ok({ streamId: 's1' })).toEqual({ kind: 'ok', value: { streamId: 's1' } })
    expect(ok()).toEqual({ kind: 'ok', value: undefined })
  })

  it('is drop when there is rightly nothing to do; the reason is a metric label', () => {
    expect(drop('duplicate')).toEqual({ kind: 'drop', reason: 'duplicate' })
  })

  it('is dlq when the input itself is wrong: a code that docs/errors.md explains, and a message that names the field', () => {
    expect(dlq('INVALID_JSON', 'value: not JSON')).toEqual({
      kind: 'dlq',
      code: 'INVALID_JSON',
      message: 'value: not JSON',
    })
  })

  it('is retry when a dependency is away', () => {
    const error = new RetriableError('the store does not answer')
    expect(retry(error)).toEqual({ kind: 'retry', error, reason: 'RetriableError' })
  })

  it('is told apart by its kind, exhaustively', () => {
    const tell = (outcome: Outcome<number>): string => {
      let text: string
      switch (outcome.kind) {
        case 'ok':
          text = `value ${outcome.value}`
          break
        case 'drop':
          text = outcome.reason
          break
        case 'dlq':
          text = outcome.code
          break
        case 'retry':
          text = outcome.error.message
      }
      return text
    }
    expect([ok(1), drop('old'), dlq('INVALID_ID', 'id')].map(tell)).toEqual(['value 1', 'old', 'INVALID_ID'])
  })
})
