/** What people say in the demo: harmless. */
export const plain = [
  '主播好',
  '今天讲什么?',
  'hello from Lisbon',
  '这个镜头好看',
  'nice one',
  '哈哈哈哈',
  'what is the song?',
  '第一次来',
  'great quality today',
  '晚上好',
  '刚到,错过了什么?',
  'can you say that again?',
  '666',
  'greetings from Nairobi',
  '声音很清楚',
  'the second chart is the best',
  '上次那集也好看',
  'is this live?',
  '学到了',
  'how long have you done this?',
  '支持支持',
  'love the colours',
  '明天还播吗?',
  'my cat watches too',
  '慢一点就更好了',
  'brb, tea',
  '来自成都的问候',
  'that was close!',
  '再来一次',
  'thank you!',
  // As one word of an exception of the lexicon: nothing follows from it.
  'see you at the paper lantern festival',
  '纸灯笼节见',
  '太厉害了',
] as const

/** Words of the demo lexicon, plain and in disguises that the filter sees through: full width, invisible characters, case. */
export const planted = [
  'who sells a blue kite here?',
  '有没有蓝色风筝',
  'ｂｌｕｅ　ｋｉｔｅ anyone',
  '纸\u200B灯\u200B笼 加我',
  'BLUE KITE!!',
  'pa\u200Dper lan\u200Dtern, cheap',
  '银色\u2060哨子 有人要吗',
  'SILVER Whistle in my profile',
  '木\uFE0F勺\uFE0F子',
  'Ｗｏｏｄｅｎ Ｓｐｏｏｎ',
] as const

/** One message of so many is a planted one. */
const plantedEvery = 60
const accounts = 211

/** The n-th message of the demo, and who says it: the same at every run. */
export function chatLine(n: number): { readonly text: string; readonly accountId: string } {
  const isPlanted = n % plantedEvery === plantedEvery - 1
  const lines: readonly string[] = isPlanted ? planted : plain
  const place = isPlanted ? Math.floor(n / plantedEvery) : n * 7
  return { text: lines[place % lines.length] ?? '', accountId: `viewer-${(n * 31) % accounts}` }
}
