import type { CaseDetail, SignalView } from '@streamkeeper/contracts'
import { picture } from './pictures.js'
import { rows, type Row } from './rows.js'

const utc = (ms: number) => new Date(ms).toISOString()
const sha256 = 'c'.repeat(64)

function signalOf(start: number, seq: number, more: Partial<SignalView>): SignalView {
  const streamTimeMs = more.streamTimeMs ?? 20_000 + seq * 9_000
  return {
    signalId: `signal-${start}-${seq}`,
    seq,
    lane: 'picture',
    label: 'GAMBLING',
    score: 0.9,
    severity: 88,
    source: { name: 'frame-guard', version: '2.3.1', sha256 },
    at: utc(start + streamTimeMs),
    streamTimeMs,
    preview: null,
    still: null,
    text: null,
    matches: [],
    codes: [],
    accountId: null,
    sample: false,
    ...more,
  }
}

function chatOf(start: number, seq: number, [text, entry, via]: [string, string, string[]]): SignalView {
  const at = text.search(/[ＶVｖv进b😀]/u)
  return signalOf(start, seq, {
    lane: 'chat',
    score: 0.6,
    severity: seq % 2 === 0 ? 84 : 55,
    source: { name: 'lexicon', version: '118', sha256 },
    accountId: `u_${88_071 + seq}`,
    text,
    matches: [{ entry, category: 'contact', severity: 84, start: at, end: text.length, matched: text.slice(at), via }],
  })
}

function signalsOf(start: number, row: Row, seed: number): SignalView[] {
  const label = row.labels[0] ?? 'OTHER'
  const pictures = [0.78, 0.82, 0.91, 0.88, 0.96, 0.84].map((score, at) =>
    signalOf(start, at, { label, score, severity: Math.round(row.severity * score), ...picture(seed * 10 + at) }),
  )
  const code = signalOf(start, 7, {
    lane: 'code',
    label,
    score: 1,
    severity: 80,
    codes: ['https://example.org/join'],
    sample: seed === 1,
    ...picture(seed * 10 + 4),
  })
  return [
    ...pictures,
    code,
    chatOf(start, 8, ['今晚加 Ｖ Ｘ 进 羣', 'vx', ['width', 'separator']]),
    chatOf(start, 9, ['😀😀 b e t 6 6', 'bet66', ['separator', 'split']]),
    signalOf(start, 10, {
      lane: 'report',
      label,
      score: 0.5,
      severity: 40,
      source: { name: 'report', version: '1', sha256 },
      text: '主播让大家扫码下注',
    }),
  ]
}

function summaryOf(row: Row, at: number, now: number): CaseDetail['case'] {
  return {
    caseId: `case-${20_481 + at}`,
    streamId: `lt-${at}`,
    title: row.title,
    nickname: row.nickname,
    accountId: `a-${5_512_087 + at}`,
    class: 'entertainment',
    state: row.by ? 'claimed' : 'open',
    tier: row.tier,
    severity: row.severity,
    priority: 1000 - at,
    labels: row.labels,
    hits: 10,
    viewers: row.viewers,
    live: at !== 5,
    openedAt: utc(now - 194_000),
    deadlineAt: utc(now + row.waitS * 1000),
    version: 1,
    claimedBy: row.by ?? null,
    leaseUntil: row.by ? utc(now + 120_000) : null,
  }
}

const coverage: CaseDetail['coverage'] = [
  { fromMs: 0, toMs: 46_000, state: 'looked', reason: null },
  { fromMs: 46_000, toMs: 52_000, state: 'not-looked', reason: 'decoder-failed' },
  { fromMs: 52_000, toMs: 150_000, state: 'looked', reason: null },
  { fromMs: 150_000, toMs: 164_000, state: 'not-looked', reason: 'gap' },
  { fromMs: 164_000, toMs: 200_000, state: 'looked', reason: null },
]

/** Cases as the API would give them, dated from now. */
export function makeCases(now: number): CaseDetail[] {
  const start = now - 200_000
  return rows.map((row, at) => ({
    case: summaryOf(row, at, now),
    signals: signalsOf(start, row, at + 1),
    commands: at === 0 ? [provisional(now)] : [],
    decisions: [],
    coverage,
    stream: {
      startedAt: utc(start),
      endedAt: null,
      lengthMs: 200_000,
      address: '192.0.2.14',
      port: 41_022,
      darkState: 'none',
    },
    streamer: {
      realName: at === 3 ? 'pending' : 'verified',
      ageBand: 'adult',
      blacklisted: at === 2,
      pastCases: 3 - (at % 3),
    },
    reasons: row.labels.map((label) => ({
      label,
      textForStreamer: `Your stream broke the rule on ${label}. You can appeal; another person will decide.`,
    })),
  }))
}

function provisional(now: number): CaseDetail['commands'][number] {
  const issued = now - 60_000
  return {
    commandId: 'command-1',
    sequence: 1,
    action: 'blur-picture',
    state: 'acknowledged',
    issuedAt: utc(issued),
    notBefore: utc(issued),
    sentAt: utc(issued + 300),
    acknowledgedAt: utc(issued + 1_400),
    provisional: { revertsAt: utc(now + 407_000), state: 'running' },
  }
}
