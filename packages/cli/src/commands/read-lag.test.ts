import { readLag } from './read-lag.js'

it('sums the partitions of each group and leaves other metrics alone', () => {
  const text = [
    '# TYPE streamkeeper_log_lag_records gauge',
    'streamkeeper_log_lag_records{group="a",topic="t",partition="0",service="screen"} 2',
    'streamkeeper_log_lag_records{group="a",topic="t",partition="1",service="screen"} 3',
    'streamkeeper_log_lag_records{group="b",topic="t",partition="0"} 0',
    'streamkeeper_other{group="a"} 9',
  ].join('\n')
  expect(readLag(text)).toEqual({ a: 5, b: 0 })
  expect(readLag('')).toEqual({})
})
