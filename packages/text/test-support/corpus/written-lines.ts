import type { Evasion } from './evasion.js'

type Line = readonly [entry: string, text: string]

/** Entries of hanzi and letters, some of the hanzi by their sound. */
const halfLatin: readonly Line[] = [
  ['看b站', '看bzhan'],
  ['看b站', '快来kanB站'],
  ['看b站', 'kan b zhan now'],
  ['看b站', '大家看B战啊'],
  ['看b站', '侃b站'],
  ['看b站', '看-b-战'],
  ['vx号', '来vxhao'],
  ['vx号', 'vx hao'],
  ['加vx', 'jiavx'],
  ['加vx', 'jiā VX'],
]

const numerals: readonly Line[] = [
  ['三角梅', '买3角梅的来'],
  ['三角梅', '3角梅'],
  ['三角梅', '３角梅便宜卖'],
  ['三角梅', '③角梅'],
  ['三角梅', '叁角梅'],
  ['三角梅', '3.角.梅'],
  ['八爪鱼', '卖8爪鱼'],
  ['八爪鱼', '捌爪鱼'],
  ['五花肉', '有5花肉吗'],
  ['五花肉', '❺花肉'],
  ['一串红', '看1串红'],
  ['一串红', '壹串红 今天有'],
]

const spelledWithSigns: readonly Line[] = [
  ['风筝', 'f.e.n.g.z.h.e.n.g'],
  ['风筝', 'f-e-n-g-z-h-e-n-g'],
  ['风筝', 'f e n g z h e n g'],
  ['风筝', '买F.E.N.G筝'],
  ['蓝色风筝', 'l*a*n*s*e风筝'],
  ['蓝色风筝', '蓝色f_e_n_g_z_h_e_n_g'],
  ['橡皮鸭', '橡p.i.y.a'],
  ['蓝色风筝', '蓝色 feng zheng'],
  ['金色灯笼', '金色 灯 long'],
  ['加微信', '加 wei xin'],
  ['橡皮鸭', '橡 pi鸭'],
]

const oldForms: readonly Line[] = [
  ['冰糖', '买氷糖'],
  ['草莓', '艹莓便宜'],
  ['草莓', '⾋莓'],
  ['炮竹', '砲竹'],
  ['炮竹', '炰竹 卖'],
  ['海马', '海⻢'],
]

const strokes: readonly Line[] = [
  ['蓝色风筝', '蓝丨色丨风丨筝'],
  ['蓝色风筝', '看蓝丶色丶风丶筝'],
  ['灯笼', '买灯丶笼'],
  ['kite', 'k丨i丨t丨e'],
  ['仙人掌', '仙丿人丿掌'],
]

const inTwo: readonly Line[] = [
  ['pineapple', 'a pine-apple here'],
  ['pineapple', 'pine.apple'],
  ['snapdragon', 'snap-dragon'],
  ['snapdragon', 'snapd ragon'],
  ['pineapple', 'pinea pple'],
]

const named = (technique: string, lines: readonly Line[]): Evasion[] =>
  lines.map(([entry, text]) => ({ technique, entry, text }))

/** Disguises that no rule makes of any word. */
export const writtenEvasions: readonly Evasion[] = [
  ...named('hanzi and letters', halfLatin),
  ...named('numerals', numerals),
  ...named('pinyin with signs', spelledWithSigns),
  ...named('old forms', oldForms),
  ...named('strokes', strokes),
  ...named('a long word in two', inTwo),
]

/** Prices, places, times and scores before hanzi that an entry goes on with. */
export const numbersAndHanzi: readonly string[] = [
  '13角梅子',
  '第3角梅花',
  '3.3角梅子一斤',
  '¥3角梅',
  '比分8:8爪鱼',
  '3、角梅',
  '3. 角梅',
  '才3角钱',
  '每个8爪',
  '要5花 肉',
  '这是1串红薯',
  '买了11串红枣',
  '给我1串红色的灯',
  '来5花瓣的',
  'A3角梅',
  '3角 梅子',
  '上半场3角球',
  '5点花肉钱',
  '20:15花肉',
  '18爪鱼',
]

/** Signs and spaces among letters and hanzi of sentences. */
export const piecesWithSigns: readonly string[] = [
  'pine apple pie',
  'a pine, apple trees',
  'pine - apple - oak',
  'plant a pine. Apples too',
  'oh snap dragon!',
  'w.o.m.e.n',
  's.h.e 的歌好听',
  'a.b.c 灯',
  'f,e,n,g,z,h,e,n,g',
  'a.f.e.n.g.z.h.e.n.g',
  '在楼上丨床好软',
  '丶小明丶来了',
  '彡(-_-;)彡',
  '妳好妳来了',
  '我 pi 了',
]
