// Text in pictures: CPU of all processes that take part for a 720p picture of film, at first sight with six lines and with none, and
// when its text has not changed; and how well the whole set of drawn lines is read, by script, size and angle, and of lines that scroll
// by script and speed.
import { createTextReader } from '@streamkeeper/inference'
import { cpuOf } from './processes.mjs'

// Drawing belongs to the room's own tests, which its package does not hand out.
const support = new URL('../../packages/inference/test-support/', import.meta.url)
const { drawPictures, drawStill, planLines } = await import(new URL('text-pictures.mjs', support).href)
const { rate, scorePicture, summarise } = await import(new URL('text-score.mjs', support).href)
const { planScrolls, rateScrolls, readScrolls, summariseScrolls } = await import(
  new URL('scrolling-text.mjs', support).href
)

const goals = { ratio: 0.1, accuracy: 0.97, recall: 0.9 }
const rounds = 10
const lines = 360
/** Of three lines and four pictures each. */
const scrolls = 36

export async function run(say) {
  const reader = await createTextReader({ deadlineMs: 120_000 })
  try {
    say('cost')
    const costs = await measureCosts(reader)
    say(`reading ${lines} lines`)
    const scores = await readAll(reader, say)
    say(`reading ${scrolls} pictures that scroll`)
    const scrolled = await readScrolls((picture, options) => readOne(reader, picture, options), planScrolls(scrolls))
    return report(costs, scores, scrolled)
  } finally {
    await reader.close()
  }
}

/** CPU milliseconds a picture. Wall-clock says little where other work runs. */
async function measureCosts(reader) {
  const none = await drawStill(0)
  const six = await drawStill(6)
  const cpu = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000 + cpuOf(reader.stats().pids)
  }
  const measure = async (picture, options, times) => {
    const before = cpu()
    for (let round = 0; round < times; round += 1) await readOne(reader, picture, options(round))
    return (cpu() - before) / times
  }
  const fresh = () => ({})
  const same = (round) => ({ streamKey: 'bench', streamTimeMs: round * 200 })
  for (const picture of [none, six]) await measure(picture, fresh, 3)
  const found = (await readOne(reader, six, same(0))).lines.length
  await measure(six, same, 20)
  const firstSixLines = await measure(six, fresh, rounds)
  const firstNoLine = await measure(none, fresh, rounds)
  const unchanged = await measure(six, same, rounds * 20)
  // Other film behind the same lines: looked at anew, but not read.
  const moving = await Promise.all([0, 1].map((still) => drawStill(6, { still, style: 'box' })))
  await measure(moving[1], () => ({ streamKey: 'film', streamTimeMs: 0 }), 1)
  let otherGround = 0
  for (let turn = 0; turn < rounds; turn += 1) {
    const at = { streamKey: 'film', streamTimeMs: 1 + turn }
    otherGround += (await measure(moving[turn % 2], () => at, 1)) / rounds
  }
  return { found, firstSixLines, firstNoLine, unchanged, otherGround }
}

async function readOne(reader, picture, options) {
  const reading = await reader.read(picture, options)
  if (reading.outcome !== 'read') throw new Error(`${reading.reason}: ${reading.detail}`)
  return reading
}

async function readAll(reader, say) {
  const scores = []
  for (const [index, picture] of (await drawPictures(planLines(lines))).entries()) {
    if (index % 30 === 29) say(`${scores.length} lines`)
    scores.push(...scorePicture(picture, await readOne(reader, picture)))
  }
  return scores
}

function report({ found, ...costs }, scores, scrolled) {
  const large = scores.filter(({ size }) => size >= 24)
  const rates = rate(large)
  const ratio = Number((costs.unchanged / costs.firstSixLines).toFixed(3))
  return {
    figure: ratio,
    unit: 'CPU of an unchanged picture / of its first sight, 720p film with six lines',
    goal: goals.ratio,
    ok: ratio <= goals.ratio && isWell(rates) && isWell(rateScrolls(scrolled)),
    cpuMs: Object.fromEntries(Object.entries(costs).map(([name, ms]) => [name, Number(ms.toFixed(1))])),
    linesFound: found,
    reading: {
      goals: { accuracy: goals.accuracy, recall: goals.recall, from: '24 px' },
      '24 px and more': rounded(rates),
      all: rounded(rate(scores)),
      lines: scores.length,
      byScriptAndSize: table(scores, ({ script, size }) => `${script} ${size} px`),
      byScriptAndAngle: table(large, ({ script, angle }) => `${script} ${angle} degrees`),
      byFont: table(large, ({ font }) => font),
      byStyle: table(large, ({ style, ground }) => `${style} on ${ground}`),
      squeezed: table(large, ({ squeezed }) => (squeezed ? 'as JPEG 60' : 'as drawn')),
    },
    scrolling: {
      all: rounded(rateScrolls(scrolled)),
      byScriptAndSpeed: tableOf(
        summariseScrolls(scrolled, ({ script, direction, speed }) => `${script} ${direction} ${speed} px/s`),
      ),
      byScriptAndSize: tableOf(summariseScrolls(scrolled, ({ script, size }) => `${script} ${size} px`)),
    },
  }
}

function isWell({ accuracy, recall }) {
  return accuracy >= goals.accuracy && recall >= goals.recall
}

function table(scores, by) {
  return tableOf(summarise(scores, by))
}

function tableOf(groups) {
  return Object.fromEntries(groups.map(({ group, ...rates }) => [group, rounded(rates)]))
}

function rounded(rates) {
  return Object.fromEntries(
    Object.entries(rates).map(([name, value]) => [name, value === null ? null : Number(value.toFixed(3))]),
  )
}
