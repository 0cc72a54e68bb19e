/** How well lines were read: compares what stands in a picture with what a reader says of it. */

/** Levenshtein's, in code points. */
function editDistance(one, other) {
  const [from, to] = [Array.from(one), Array.from(other)]
  let row = to.map((_, index) => index + 1)
  row.unshift(0)
  for (const [index, letter] of from.entries()) {
    const next = [index + 1]
    for (const [at, against] of to.entries()) {
      next.push(Math.min(row[at] + (letter === against ? 0 : 1), row[at + 1] + 1, next[at] + 1))
    }
    row = next
  }
  return row.at(-1)
}

const fold = (text) => text.toLowerCase().replace(/\s/g, '')

/** For each line of a picture: what was read in its slot, from the left, and how far it is off. */
export function scorePicture({ lines }, reading) {
  const middle = ({ box }) => (box[0][1] + box[2][1]) / 2
  return lines.map((line) => {
    const inside = reading.lines.filter((read) => middle(read) >= line.top && middle(read) < line.bottom)
    const got = inside
      .sort((a, b) => a.box[0][0] - b.box[0][0])
      .map(({ text }) => text)
      .join(' ')
    const errors = editDistance(line.text, got)
    const inkErrors = editDistance(line.text.replace(/\s/g, ''), got.replace(/\s/g, ''))
    const found = line.word === null ? null : fold(got).includes(fold(line.word))
    return { ...line, font: line.font.name, got, errors, inkErrors, length: Array.from(line.text).length, found }
  })
}

/** Character accuracy and recall of planted words, each row a group: `by` gives its name. */
export function summarise(scores, by) {
  const groups = new Map()
  for (const score of scores) groups.set(by(score), [...(groups.get(by(score)) ?? []), score])
  return Array.from(groups, ([group, members]) => ({ group, lines: members.length, ...rate(members) }))
}

export function rate(scores) {
  const sum = (value) => scores.reduce((all, score) => all + value(score), 0)
  const planted = scores.filter(({ found }) => found !== null)
  return {
    accuracy: 1 - sum(({ errors }) => errors) / sum(({ length }) => length),
    withoutSpaces:
      1 - sum(({ inkErrors }) => inkErrors) / sum(({ text }) => Array.from(text.replace(/\s/g, '')).length),
    recall: planted.length === 0 ? null : planted.filter(({ found }) => found).length / planted.length,
  }
}
