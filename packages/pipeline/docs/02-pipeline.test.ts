/**
 * 2. Pipelines
 *
 * A pipeline is a sentence of named steps. A step is made by a factory that closes over what it needs, reads what the
 * last one gave, and gives what the next one reads. The first outcome that is not `ok` ends the run.
 */
import { createPipeline, dlq, drop, ok, type RunContext, type Step, type StepEnded } from '../src/index.js'

interface Message {
  readonly text: string
}

function createParseStep(): Step<string, Message> {
  return {
    name: 'parse',
    run: async (line) => (line.startsWith('{') ? ok({ text: line.slice(1) }) : dlq('INVALID_JSON', 'line: no JSON')),
  }
}

function createDedupeStep(seen: Set<string>): Step<Message, Message & { readonly isNew: true }> {
  return {
    name: 'dedupe',
    run: async (message) => {
      if (seen.has(message.text)) return drop('duplicate')
      seen.add(message.text)
      return ok({ ...message, isNew: true })
    },
  }
}

const context: RunContext = { signal: new AbortController().signal, progress: () => undefined }

describe('2. a pipeline', () => {
  const seen = new Set<string>()
  const ended: StepEnded[] = []
  const pipeline = createPipeline<string>('chat', { observer: { stepEnded: (event) => ended.push(event) } })
    .step(createParseStep())
    .step(createDedupeStep(seen))

  it('gives the value of the last step', async () => {
    expect(await pipeline.run('{hi', context)).toEqual(ok({ text: 'hi', isNew: true }))
  })

  it('ends at the first outcome that is not ok', async () => {
    expect(await pipeline.run('{hi', context)).toEqual(drop('duplicate'))
    expect(await pipeline.run('hi', context)).toEqual(dlq('INVALID_JSON', 'line: no JSON'))
  })

  it('tells the observer each step: name, outcome, duration', () => {
    expect(ended.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'parse ok',
      'dedupe ok',
      'parse ok',
      'dedupe drop',
      'parse dlq',
    ])
    expect(ended.every(({ durationMs }) => durationMs >= 0)).toBe(true)
  })

  it('is never changed by a further step, and refuses a name twice', () => {
    expect(pipeline.stepNames).toEqual(['parse', 'dedupe'])
    expect(() => pipeline.step({ name: 'parse', run: async () => ok() })).toThrow('chat: two steps are named parse')
    expect(pipeline.stepNames).toEqual(['parse', 'dedupe'])
  })

  it('lets through what nobody foresaw, and counts it as unknown', async () => {
    const broken = pipeline.step({ name: 'count', run: () => Promise.reject(new TypeError('oops')) })
    await expect(broken.run('{new', context)).rejects.toThrow('oops')
    expect(ended.at(-1)).toMatchObject({ step: 'count', outcome: 'unknown' })
  })
})
