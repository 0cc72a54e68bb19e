import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Action,
  AlarmKind,
  CaseState,
  DecisionAction,
  Label,
  Lane,
  NotLookedReason,
  Role,
  StreamClass,
} from '@streamkeeper/contracts'
import ts from 'typescript'
import { heldKeyGroups } from '../keys/held-keys.js'
import { keyGroups } from '../keys/key-intent.js'

const web = join(import.meta.dirname, '..')
const read = (language: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `${language}.json`), 'utf8'))
const en = read('en')
const files = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.tsx?$/.test(name) && !/\.test\.ts$|^dev|^vite/.test(name),
)
const spoken = new Set(['aria-label', 'title', 'alt', 'placeholder', 'aria-description'])
const hasLetters = (text: string) => /\p{L}/u.test(text)

/** The text of a node that a reader would see or hear; empty when it is none. */
function looseText(node: ts.Node): string {
  if (ts.isJsxText(node)) return node.text.trim()
  if (ts.isJsxAttribute(node))
    return spoken.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer)
      ? node.initializer.text
      : ''
  const said = ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) ? node.expression : undefined
  return said && ts.isStringLiteral(said) ? said.text : ''
}

const isKeyName = (node: ts.Node) => ts.isJsxElement(node) && node.openingElement.tagName.getText() === 'kbd'

/** Words that stand in the source itself instead of the strings file. Names of keys are the same in every language. */
function findLooseText(source: string, name = 'x.tsx'): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (isKeyName(node)) return
    const text = looseText(node)
    if (hasLetters(text)) found.push(text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX))
  return found
}

function stringAt(path: string): unknown {
  return path.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], en)
}
const known = (path: string) => typeof stringAt(path) === 'string' || typeof stringAt(`${path}_other`) === 'string'

/** Every string by its path; the plural forms of one key under that key, since languages have different ones. */
function flatten(strings: unknown, path = ''): Map<string, string> {
  if (typeof strings === 'string') return new Map([[path.replace(/_(zero|one|two|few|many|other)$/, ''), strings]])
  return new Map(
    Object.entries(strings as object).flatMap(([key, value]) => [
      ...flatten(value, path === '' ? key : `${path}.${key}`),
    ]),
  )
}

const gapsOf = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort()
/** Names, and what holds no words. */
const sameEverywhere = new Set([
  'app.name',
  'engine.kafka',
  'engine.redis',
  'engine.postgres',
  'timeline.gapAt',
  'evidence.position',
  'darkState.none',
])

describe.each(['zh'])('the language %s', (language) => {
  const strings = flatten(read(language))
  const english = flatten(en)

  it('has every string of the page and no other', () => {
    expect(english.size).toBeGreaterThan(250)
    expect([...strings.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('says the same with the same gaps, and nothing in English', () => {
    const wrong = [...english].filter(([path, text]) => {
      const own = strings.get(path) ?? ''
      const isUntold = own === text && !sameEverywhere.has(path)
      return isUntold || (own === '' && text !== '') || String(gapsOf(own)) !== String(gapsOf(text))
    })
    expect(wrong).toEqual([])
  })
})

describe('strings', () => {
  it('finds loose text when there is some', () => {
    expect(findLooseText('const a = <p title="Hi">Hello <kbd>V</kbd> {"you"} {t("x")} ×{n}</p>')).toEqual([
      'Hi',
      'Hello',
      'you',
    ])
  })

  it('has no text in the components', () => {
    const loose = files.map((name) => [name, findLooseText(readFileSync(join(web, name), 'utf8'), name)] as const)
    expect(files.length).toBeGreaterThan(40)
    expect(loose.filter(([, found]) => found.length > 0)).toEqual([])
  })

  it('has a string for every key that the page names', () => {
    const named = files.flatMap((name) =>
      [...readFileSync(join(web, name), 'utf8').matchAll(/\bt\('([^']+)'/g)].map((match) => match[1] ?? ''),
    )
    expect(named.length).toBeGreaterThan(80)
    expect(named.filter((path) => !known(path))).toEqual([])
  })

  it.each([
    ['label', Label.options],
    ['lane', Lane.options],
    ['reason', NotLookedReason.options],
    ['caseState', CaseState.options],
    [
      'action',
      [...Action.options, ...DecisionAction.options.flatMap((each) => ('options' in each ? each.options : []))],
    ],
    ['alarmKind', AlarmKind.options],
    ['role', Role.options],
    ['help.means', [keyGroups, heldKeyGroups].flat().flatMap(({ rows }) => rows.map(({ means }) => means))],
    ['class', StreamClass.options],
  ])('has a word for every %s', (group, codes) => {
    expect(codes.length).toBeGreaterThan(3)
    expect(codes.filter((code) => !known(`${group}.${code}`))).toEqual([])
  })
})
