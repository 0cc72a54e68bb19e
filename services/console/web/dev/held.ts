import type { DecideHeldRequest, DecideHeldView, HeldList, HeldView } from '@streamkeeper/contracts'

const lines: readonly (readonly [text: string, entry: string, via: readonly string[]])[] = [
  ['今晚加 Ｖ Ｘ 进 羣', 'vx', ['width', 'separator']],
  ['join the b1ue kite group now', 'blue kite', ['leet']],
  ['蓝se风*筝 便宜卖', '蓝色风筝', ['pinyin', 'separator']],
  ['😀😀 b e t 6 6', 'bet66', ['separator', 'split']],
]

function makeHeld(now: number): HeldView[] {
  return Array.from({ length: 24 }, (_, n) => {
    const [text = '', entry = '', via = []] = lines[n % lines.length] ?? []
    const start = text.search(/[Ｖb蓝]/u)
    return {
      streamId: `lt-${n % 3}`,
      messageId: `message-${n}`,
      title: ['残局解说 今晚连播', '清仓最后一天', null][n % 3] ?? null,
      accountId: `u_${88_071 + n}`,
      nickname: n % 2 === 0 ? '路过的人' : null,
      text,
      matches: [
        { entry, category: 'FRAUD', severity: 55, start, end: text.length, matched: text.slice(start), via: [...via] },
      ],
      severity: 55,
      fallback: null,
      policy: { name: 'default', version: '1', sha256: 'c'.repeat(64) },
      heldAt: new Date(now - 240_000 + n * 9_000).toISOString(),
      dueAt: new Date(now + 60_000 + n * 9_000).toISOString(),
      timeoutVerdict: 'block',
    }
  })
}

/** Held messages in memory, answered as the API does. */
export class StandInHeld {
  private messages = makeHeld(Date.now())

  list(query: URLSearchParams): HeldList {
    const stream = query.get('stream')
    const found = this.messages.filter(({ streamId }) => stream === null || streamId === stream)
    const ordered = query.get('order') === 'newest' ? found.toReversed() : found
    const from = Number(query.get('after') ?? 0)
    const end = from + Number(query.get('limit'))
    const ids = [...new Set(this.messages.map(({ streamId }) => streamId))]
    return {
      messages: ordered.slice(from, end),
      waiting: this.messages.length,
      streams: ids.map((streamId) => {
        const of = this.messages.filter((one) => one.streamId === streamId)
        return { streamId, title: of[0]?.title ?? null, waiting: of.length }
      }),
      next: end < ordered.length ? String(end) : null,
      at: new Date().toISOString(),
    }
  }

  decide({ decision, messages }: DecideHeldRequest): DecideHeldView {
    const results = messages.map(({ streamId, messageId }) => {
      const isHere = this.messages.some((one) => one.messageId === messageId)
      this.messages = this.messages.filter((one) => one.messageId !== messageId)
      const state = decision === 'release' ? ('released' as const) : ('blocked' as const)
      const result = isHere ? ('done' as const) : ('already-decided' as const)
      return { streamId, messageId, result, state, decidedBy: 'reviewer07', decidedAt: new Date().toISOString() }
    })
    return { results, waiting: this.messages.length }
  }
}
