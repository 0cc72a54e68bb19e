import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { findBreaks } from './find-breaks.js'
import { isEventType, jsonSchemas } from './index.js'

const schema = (type: z.ZodType) => z.toJSONSchema(type, { io: 'input' }) as Record<string, unknown>
const base = z.looseObject({
  id: z.string(),
  state: z.enum(['a', 'b']),
  note: z.string().optional(),
  size: z.number().int().max(10),
})

describe('findBreaks', () => {
  it('finds nothing between equal schemas, nor when a field is added', () => {
    for (const direction of ['we-write', 'they-write'] as const) {
      expect(findBreaks(schema(base), schema(base), direction)).toEqual([])
      expect(findBreaks(schema(base), schema(base.extend({ more: z.string().optional() })), direction)).toEqual([])
    }
  })
  it.each([
    ['a field that readers need is gone', base.omit({ id: true }), 'we-write'],
    ['a needed field became optional', base.extend({ id: z.string().optional() }), 'we-write'],
    ['a type changed', base.extend({ id: z.number() }), 'we-write'],
    ['a value that readers do not know', base.extend({ state: z.enum(['a', 'b', 'c']) }), 'we-write'],
    ['a larger number than readers take', base.extend({ size: z.number().int().max(11) }), 'we-write'],
    ['a new field is required of writers', base.extend({ more: z.string() }), 'they-write'],
    ['a value that writers send is refused', base.extend({ state: z.enum(['a']) }), 'they-write'],
    ['an optional field became required', base.extend({ note: z.string() }), 'they-write'],
    ['a smaller number is asked of writers', base.extend({ size: z.number().int().max(9) }), 'they-write'],
  ] as const)('refuses: %s', (_, newer, direction) => {
    expect(findBreaks(schema(base), schema(newer), direction)).not.toEqual([])
  })
  it('compares choices one by one', () => {
    const two = z.discriminatedUnion('kind', [
      base.extend({ kind: z.literal('x') }),
      base.extend({ kind: z.literal('y') }),
    ])
    const three = z.discriminatedUnion('kind', [...two.options, base.extend({ kind: z.literal('z') })])
    expect(findBreaks(schema(two), schema(two), 'we-write')).toEqual([])
    expect(findBreaks(schema(two), schema(three), 'we-write')).not.toEqual([])
    expect(findBreaks(schema(two), schema(three), 'they-write')).toEqual([])
  })
})

describe('the contract', () => {
  const baseline = JSON.parse(readFileSync(new URL('../baseline.json', import.meta.url), 'utf8')) as Record<
    string,
    Record<string, unknown>
  >
  const current = jsonSchemas() as Record<string, Record<string, unknown>>
  it.each(Object.keys(baseline))('%s does not break those who live by the baseline', (name) => {
    const [older, newer] = [baseline[name], current[name]]
    expect(newer).toBeDefined()
    const direction = isEventType(name) && name.startsWith('moderation.') ? 'we-write' : 'they-write'
    expect(findBreaks(older ?? {}, newer ?? {}, direction)).toEqual([])
  })
  it('has everything of today in the baseline of tomorrow', () => {
    expect(Object.keys(current).filter((name) => !(name in baseline))).toEqual([])
  })
})
