import fc from 'fast-check'
import { bullPriority } from './priority.js'

const tier = fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const, 'P3' as const)
const priority = fc.double({ min: 0, max: 1e9, noNaN: true })

describe('bullPriority', () => {
  it('stays within what BullMQ takes; a lower tier is always behind, a larger priority never', () => {
    fc.assert(
      fc.property(tier, tier, priority, priority, (tierA, tierB, a, b) => {
        const [first, second] = [bullPriority({ tier: tierA, priority: a }), bullPriority({ tier: tierB, priority: b })]
        expect(first).toBeGreaterThanOrEqual(1)
        expect(first).toBeLessThanOrEqual(2_097_151)
        if (tierA < tierB) expect(first).toBeLessThan(second)
        if (tierA === tierB && a >= b) expect(first).toBeLessThanOrEqual(second)
      }),
    )
  })
  it('tells priorities apart that differ by a hundredth', () => {
    expect(bullPriority({ tier: 'P1', priority: 101 })).toBeLessThan(bullPriority({ tier: 'P1', priority: 100 }))
  })
})
