/** Words and pictures that stand for one digit each, by digit. */
const words = [
  '零〇洞⓿🄋🄌',
  '一壹幺➀➊❶⓵',
  '二贰貳➁➋❷⓶',
  '三叁參➂➌❸⓷',
  '四肆➃➍❹⓸',
  '五伍➄➎❺⓹',
  '六陆陸➅➏❻⓺',
  '七柒➆➐❼⓻',
  '八捌➇➑❽⓼',
  '九玖➈➒❾⓽',
]

const digits = new Map(
  words.flatMap((row, digit) => Array.from(row, (word) => [word.codePointAt(0) ?? 0, String(digit)] as const)),
)

/** The digit that a character stands for besides being what it is; undefined for all others, plain digits too. */
export function digitOf(codePoint: number): string | undefined {
  return digits.get(codePoint)
}
