import type { LexiconEntry } from '../../src/index.js'

/** Harmless words that stand for what a platform would list: short and long, with and without neighbours that look like them. */
export const english =
  'kite look bath cop tot pot mop god loose pen rat tan sin button carpet walnut pepper copper marble velvet badger lantern whistle kettle spoon cabin bandit magnet'.split(
    ' ',
  )
export const phrases = [
  'blue kite',
  'silver whistle',
  'paper lantern',
  'wooden spoon',
  'man go',
  'for get',
  'the rapids',
]
export const hanzi =
  '风筝 灯笼 勺子 上床 公式 视界 天才 海马 水果 石榴 核桃 蝴蝶 海洛因 萤火虫 向日葵 葡萄干 仙人掌 千里马 龙卷风 法轮功 加微信 橡皮鸭 蓝色风筝 银色哨子 橡皮鸭子 金色灯笼 我们 危险 参选 同志'.split(
    ' ',
  )
export const mixed = ['加vx', 'vx号', '看b站']
/** Only in lines that are written out: with numerals, of two English words, with forms of old. */
export const others = ['三角梅', '八爪鱼', '五花肉', '一串红', 'pineapple', 'snapdragon', '冰糖', '草莓', '炮竹']

const allowed = ['paper lantern festival', '灯笼节', '海马体', 'blue kite museum']

const entryOf = (word: string, category: LexiconEntry['category']): LexiconEntry => ({
  word,
  category,
  severity: category === 'allow' ? 0 : 60,
  match: 'auto',
  variants: 'all',
})

export const entries: readonly LexiconEntry[] = [
  ...[...english, ...phrases, ...hanzi, ...mixed, ...others].map((word) => entryOf(word, 'SPAM')),
  ...allowed.map((phrase) => entryOf(phrase, 'allow')),
]

export const allowedPhrases: readonly string[] = allowed
