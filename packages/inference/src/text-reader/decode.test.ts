import fc from 'fast-check'
import { takeLikeliest } from '../take-likeliest.js'
import { decodeCtc } from './decode-ctc.js'

const letters = ['', 'a', 'b', ' ']

/** Steps as a model gives them: the named class gets 0.7, the others share the rest. */
function stepsOf(classes: readonly number[]): Float32Array {
  return Float32Array.from(classes.flatMap((chosen) => letters.map((_, index) => (index === chosen ? 0.7 : 0.1))))
}

function read(classes: readonly number[]) {
  const { values } = takeLikeliest({ values: stepsOf(classes), shape: [1, classes.length, letters.length] })
  return decodeCtc(values, letters)
}

test('repeats are one letter, unless no letter stands between them', () => {
  expect(read([0, 1, 1, 0, 1, 2, 2, 3, 1, 0])).toMatchObject({ ok: true, text: 'aab a' })
  expect(read([0, 0])).toEqual({ ok: true, text: '', score: 0 })
  expect(read([])).toEqual({ ok: true, text: '', score: 0 })
})

test('the score is the mean likelihood of the letters', () => {
  const decoded = read([0, 1, 0, 2])
  expect(decoded.ok && decoded.score).toBeCloseTo(0.7, 6)
})

test('any text comes back from the steps that spell it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2, 3)), (classes) => {
      const spelled = classes.flatMap((chosen) => [0, chosen, chosen])
      expect(read(spelled)).toMatchObject({ ok: true, text: classes.map((chosen) => letters[chosen]).join('') })
    }),
  )
})

test('one number that is none, anywhere, and the line has no answer', () => {
  fc.assert(
    fc.property(fc.nat(11), fc.constantFrom(Number.NaN, Infinity, -Infinity, 5, -3), (place, odd) => {
      const values = stepsOf([1, 0, 2])
      values[place] = odd
      const taken = takeLikeliest({ values, shape: [1, 3, 4] })
      expect(decodeCtc(taken.values, letters)).toMatchObject({ ok: false })
    }),
  )
})

test('a class without a letter is no answer', () => {
  expect(decodeCtc(Float32Array.from([9, 0.9]), letters)).toMatchObject({ ok: false })
})
