import type { Label, Tier } from '@streamkeeper/contracts'

export interface Row {
  nickname: string | null
  title: string
  labels: Label[]
  severity: number
  tier: Tier
  viewers: number
  waitS: number
  by?: string
}

/** What the queue of the stand-in holds. */
export const rows: Row[] = [
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
