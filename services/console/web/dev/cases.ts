import type { CaseDetail, Label, SignalView, Tier } from '@streamkeeper/contracts'
import { picture } from './pictures.js'

const utc = (ms: number) => new Date(ms).toISOString()
const sha256 = 'c'.repeat(64)

interface Row {
  nickname: string | null
  title: string
  labels: Label[]
  severity: number
  tier: Tier
  viewers: number
  waitS: number
  by?: string
}

const rows: Row[] = [
  {
    nickname: '晚风棋社',
    title: '残局解说 今晚连播',
    labels: ['GAMBLING', 'SPAM'],
    severity: 94,
    tier: 'P0',
    viewers: 12_480,
    waitS: 107,
  },
  {
    nickname: '北岸数码',
    title: '清仓最后一天',
    labels: ['FRAUD'],
    severity: 88,
    tier: 'P1',
    viewers: 31_200,
    waitS: 228,
  },
  {
    nickname: 'LuckyHarbor',
    title: 'Late night spins',
    labels: ['GAMBLING'],
    severity: 81,
    tier: 'P1',
    viewers: 4_310,
    waitS: 151,
    by: 'reviewer12',
  },
  {
    nickname: '小鹿慢慢',
    title: '和大家聊聊天',
    labels: ['MINOR_RISK', 'TIP_ABUSE'],
    severity: 76,
    tier: 'P1',
    viewers: 860,
    waitS: -39,
  },
  {
    nickname: null,
    title: 'Camera drill on pier 4 with a title that is longer than its row can hold',
    labels: ['TEST_CARD'],
    severity: 63,
    tier: 'P2',
    viewers: 12,
    waitS: 567,
  },
  {
    nickname: '山野阿木',
    title: '徒手攀岩',
    labels: ['DANGEROUS_ACT'],
    severity: 34,
    tier: 'P3',
    viewers: 940,
    waitS: 494,
  },
]

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

/** Cases as the API would give them, dated from now. */
export function makeCases(now: number): CaseDetail[] {
  return rows.map((row, at) => {
    const start = now - 200_000
    return {
      case: {
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
      },
      signals: signalsOf(start, row, at + 1),
      commands: at === 0 ? [provisional(now)] : [],
      decisions: [],
      coverage: [
        { fromMs: 0, toMs: 46_000, state: 'looked', reason: null },
        { fromMs: 46_000, toMs: 52_000, state: 'not-looked', reason: 'decoder-failed' },
        { fromMs: 52_000, toMs: 150_000, state: 'looked', reason: null },
        { fromMs: 150_000, toMs: 164_000, state: 'not-looked', reason: 'gap' },
        { fromMs: 164_000, toMs: 200_000, state: 'looked', reason: null },
      ],
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
    }
  })
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
