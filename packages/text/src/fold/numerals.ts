import { codePointOf } from './read-table.js'

/** Numerals as people write them, with the digit and the form of documents that may stand for each. */
const forms = '零0零 〇0零 一1壹 二2贰 两2贰 三3叁 四4肆 五5伍 六6陆 七7柒 八8捌 九9玖'
  .split(' ')
  .map((each) => Array.from(each, codePointOf))

const byNumeral: ReadonlyMap<number, readonly number[]> = new Map(
  forms.map(([numeral = 0, ...others]) => [numeral, others.filter((other) => other !== numeral)]),
)

/** What may stand for a hanzi that is a numeral: a digit, 六 as 6, and the form of documents, 陆; none for other characters. */
export function numeralForms(hanzi: number): readonly number[] {
  return byNumeral.get(hanzi) ?? []
}
