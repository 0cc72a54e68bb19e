import fc from 'fast-check'
import { readScores } from './read-scores.js'
import { describeTinyModel, makeTinyModel } from '../test-support/tiny-model.js'

const manifest = describeTinyModel(makeTinyModel({}))
const independent = { ...manifest, output: { ...manifest.output, kind: 'independent' as const } }

test('raw labels of one code add up in a distribution', () => {
  const read = readScores(manifest, [0.25, 0.25, 0.125, 0.125, 0.25])
  expect(read).toEqual({
    ok: true,
    scores: { a: 0.25, b: 0.25, c: 0.125, d: 0.125, e: 0.25 },
    labels: [
      { label: 'GORE', score: 0.375 },
      { label: 'WEAPONS', score: 0.125 },
    ],
  })
})

test('of independent scores the largest counts', () => {
  const read = readScores(independent, [0, 0.9, 0.8, 1, 0])
  expect(read).toMatchObject({ labels: [{ score: 0.9 }, { score: 1 }] })
})

test('numbers that are no probabilities are no answer', () => {
  const nothing = { ok: false }
  for (const odd of [Number.NaN, Infinity, -Infinity, 1.5, -0.5]) {
    fc.assert(
      fc.property(fc.nat(4), (place) => {
        const values = [0.2, 0.2, 0.2, 0.2, 0.2].map((value, index) => (index === place ? odd : value))
        expect(readScores(manifest, values)).toMatchObject(nothing)
        expect(readScores(independent, values)).toMatchObject(nothing)
      }),
    )
  }
  expect(readScores(manifest, [0.9, 0.9, 0.9, 0.9, 0.9])).toMatchObject(nothing)
  expect(readScores(manifest, [0, 0, 0, 0, 0])).toMatchObject(nothing)
  expect(readScores(manifest, [0.5, 0.5])).toMatchObject(nothing)
})
