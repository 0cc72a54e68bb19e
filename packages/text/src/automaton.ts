import type { Steps } from './by-steps.js'

/** A word as the automaton knows it: classes 1 and up, class 0 is every character that no word has. */
export type ClassSequence = readonly number[]

/** Classes below this may have a column of their own in the rows. */
export const columns = 32
/** 128 KiB, which stay in a core's own cache. */
const pairBits = 20
/** So many states are linked between two rests: a few milliseconds. */
const statesAStep = 20_000
/** Rows for so many states at most, 128 bytes each; deeper states are few to be met, and looked up. */
const mostRows = 400_000

/** What a state means to who reads a text: no word ends there, or words that need a free edge after them, or others too. */
export const NO_END = 0
export const EDGE_END = 1
export const ANY_END = 2
const endBits = 2
const endMask = 3

/** A state and what it means, as the tables hold it: one look tells both. */
export type Mark = number

export function endOf(mark: Mark): number {
  return mark & endMask
}

export function stateOf(mark: Mark): number {
  return mark >> endBits
}

/**
 * Aho-Corasick over small integers, in flat tables. State 0 is the start; states are numbered level by level. A state with a
 * row knows where each class below `columns` leads, failures included: one look. All other edges lie in one
 * open-addressing hash: four cells an edge (state, class, target, unused), state -1 where it is empty. Rows, edges and the start
 * lead to marks.
 */
export interface Automaton {
  readonly rows: Int32Array
  /** States below this have a row. */
  readonly rowStates: number
  readonly edges: Int32Array
  /** Number of cells of `edges` less 4: a mask for slots. */
  readonly mask: number
  /** A hashed bit for each two classes in a row that some word has, the second not below `columns`. */
  readonly pairs: Int32Array
  readonly fromStart: Int32Array
  readonly fail: Int32Array
  /** By state: the nearest state on its chain of suffixes, itself included, that has an edge in the hash; 0 for none. */
  readonly hashed: Int32Array
  /** By state: the nearest state on its chain of suffixes, itself included, at which a word ends; 0 for none. */
  readonly output: Int32Array
  /** By state: the first word that ends there, -1 for none; `nextWord` by word: the next one with the same classes. */
  readonly firstWord: Int32Array
  readonly nextWord: Int32Array
}

interface Trie {
  readonly parent: Int32Array
  readonly via: Int32Array
  readonly firstWord: Int32Array
  readonly nextWord: Int32Array
}

/**
 * Builds the tables for the words; their classes lie between 1 and `classes` - 1. `ends` says by word what its end means.
 * An empty word is refused.
 */
export function* buildAutomaton(
  words: readonly ClassSequence[],
  classes: number,
  ends: (word: number) => number,
): Steps<Automaton> {
  const trie = yield* growTrie(words, classes)
  const states = trie.parent.length
  const rowStates = Math.min(states, mostRows)
  const automaton: Automaton = {
    rows: new Int32Array(rowStates * columns),
    rowStates,
    ...hashEdges(trie, rowStates),
    pairs: listPairs(trie),
    fromStart: new Int32Array(classes),
    fail: new Int32Array(states),
    hashed: new Int32Array(states),
    output: new Int32Array(states),
    firstWord: trie.firstWord,
    nextWord: trie.nextWord,
  }
  for (let state = 1; state < states; state++) {
    if (trie.parent[state] === 0) automaton.fromStart[trie.via[state] as number] = state << endBits
  }
  yield
  yield* linkSuffixes(automaton, trie)
  yield* markEnds(automaton, ends)
  return automaton
}

/** Where one more character leads; `before` is the class that led here. */
export function step(automaton: Automaton, mark: Mark, cls: number, before: number): Mark {
  const from = mark >> endBits
  if (cls < columns && from < automaton.rowStates) return automaton.rows[from * columns + cls] as number
  // Most hanzi that stand beside one another do so in no word: then nothing but a word's beginning is left.
  return cls < columns || hasPair(automaton.pairs, before, cls)
    ? stepByHash(automaton, from, cls)
    : (automaton.fromStart[cls] as number)
}

/** Amortised constant: each step back was paid for by a step forward. */
function stepByHash(automaton: Automaton, from: number, cls: number): Mark {
  const { hashed, fail, rows, rowStates, fromStart } = automaton
  for (let state = from; state !== 0; state = fail[state] as number) {
    if (cls < columns && state < rowStates) return rows[state * columns + cls] as number
    if (cls >= columns) state = hashed[state] as number
    if (state === 0) break
    const target = findEdge(automaton, state, cls)
    if (target !== 0) return target
  }
  return fromStart[cls] as number
}

function findEdge({ edges, mask }: Automaton, state: number, cls: number): number {
  for (let slot = slotOf(state, cls) & mask; edges[slot] !== -1; slot = (slot + 4) & mask) {
    if (edges[slot] === state && edges[slot + 1] === cls) return edges[slot + 2] as number
  }
  return 0
}

function slotOf(state: number, cls: number): number {
  const mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(cls, 0x85ebca6b)
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 3
}

/** Numbers the states level by level, and within a level in the order of their parents: the words are sorted for it. */
function* growTrie(words: readonly ClassSequence[], classes: number): Steps<Trie> {
  const children = new Map<number, number>()
  const [parent, via, firstWord] = [[0], [0], [-1]]
  const nextWord = new Int32Array(words.length)
  let open = sortWords(words)
  for (let depth = 0; open.length > 0; depth++) {
    for (const one of open) {
      const cls = one.word[depth] as number
      const key = one.state * classes + cls
      const known = children.get(key)
      if (known === undefined) {
        children.set(key, parent.length)
        parent.push(one.state)
        via.push(cls)
        firstWord.push(-1)
      }
      one.state = known ?? parent.length - 1
      if (one.word.length === depth + 1) {
        nextWord[one.index] = firstWord[one.state] as number
        firstWord[one.state] = one.index
      }
    }
    open = open.filter(({ word }) => word.length > depth + 1)
    children.clear()
    yield
  }
  return { parent: Int32Array.from(parent), via: Int32Array.from(via), firstWord: Int32Array.from(firstWord), nextWord }
}

interface OpenWord {
  readonly word: ClassSequence
  readonly index: number
  readonly sortKey: string
  state: number
}

function sortWords(words: readonly ClassSequence[]): OpenWord[] {
  const open = words.map((word, index): OpenWord => {
    if (word.length === 0) throw new RangeError(`word ${index} is empty`)
    return { word, index, sortKey: String.fromCharCode(...word), state: 0 }
  })
  return open.sort((a, b) => (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0))
}

function listPairs({ parent, via }: Trie): Int32Array {
  const pairs = new Int32Array(1 << (pairBits - 5))
  for (let state = 1; state < parent.length; state++) {
    const [before, cls] = [via[parent[state] as number] as number, via[state] as number]
    if (cls < columns || parent[state] === 0) continue
    const bit = bitOfPair(before, cls)
    pairs[bit >> 5] = (pairs[bit >> 5] as number) | (1 << (bit & 31))
  }
  return pairs
}

function hasPair(pairs: Int32Array, before: number, cls: number): boolean {
  const bit = bitOfPair(before, cls)
  return (((pairs[bit >> 5] as number) >>> (bit & 31)) & 1) === 1
}

function bitOfPair(before: number, cls: number): number {
  return (Math.imul(before, 0x9e3779b1) ^ Math.imul(cls, 0x85ebca6b)) >>> (32 - pairBits)
}

function hashEdges({ parent, via }: Trie, rowStates: number): Pick<Automaton, 'edges' | 'mask'> {
  const isHashed = (state: number): boolean =>
    (via[state] as number) >= columns || (parent[state] as number) >= rowStates
  let edgeCount = 0
  for (let state = 1; state < parent.length; state++) if (isHashed(state)) edgeCount += 1
  let cells = 16
  while (cells < edgeCount * 8) cells *= 2
  const edges = new Int32Array(cells).fill(-1)
  const mask = cells - 4
  for (let state = 1; state < parent.length; state++) {
    if (!isHashed(state)) continue
    const [from, cls] = [parent[state] as number, via[state] as number]
    let slot = slotOf(from, cls) & mask
    while (edges[slot] !== -1) slot = (slot + 4) & mask
    edges[slot] = from
    edges[slot + 1] = cls
    edges[slot + 2] = state << endBits
  }
  return { edges, mask }
}

/** In the order of the states, so that a suffix is complete before a longer word leans on it. */
function* linkSuffixes(automaton: Automaton, { parent, via }: Trie): Steps<void> {
  const { rows, rowStates, fail, hashed, output, firstWord } = automaton
  const hasHashedEdge = new Uint8Array(parent.length)
  for (let state = 1; state < parent.length; state++) {
    if ((via[state] as number) >= columns) hasHashedEdge[parent[state] as number] = 1
  }
  let child = addChildren(automaton, { parent, via }, { state: 0, child: 1 })
  for (let state = 1; state < parent.length; state++) {
    const up = parent[state] as number
    const suffix =
      up === 0 ? 0 : stateOf(step(automaton, (fail[up] as number) << endBits, via[state] as number, via[up] as number))
    fail[state] = suffix
    output[state] = firstWord[state] === -1 ? (output[suffix] as number) : state
    hashed[state] = hasHashedEdge[state] === 1 ? state : (hashed[suffix] as number)
    if (state < rowStates) rows.copyWithin(state * columns, suffix * columns, (suffix + 1) * columns)
    child = addChildren(automaton, { parent, via }, { state, child })
    if (state % statesAStep === 0) yield
  }
}

/** Enters the children of a state, which follow one another from `child`, into its row; gives the first one after them. */
function addChildren(
  { rows, rowStates }: Automaton,
  { parent, via }: Pick<Trie, 'parent' | 'via'>,
  { state, child }: { readonly state: number; readonly child: number },
): number {
  let next = child
  for (; next < parent.length && parent[next] === state; next++) {
    const cls = via[next] as number
    if (cls < columns && state < rowStates) rows[state * columns + cls] = next << endBits
  }
  return next
}

/** Says in every place that leads to a state what ends there, by its own words and those of its suffixes. */
function* markEnds(automaton: Automaton, endOfWord: (word: number) => number): Steps<void> {
  const { rows, edges, fromStart, output, fail, firstWord, nextWord } = automaton
  const ends = new Uint8Array(output.length)
  for (let state = 1; state < output.length; state += 1) {
    let end = ends[output[fail[state] as number] as number] as number
    for (let word = firstWord[state] as number; word !== -1; word = nextWord[word] as number) {
      end = Math.max(end, endOfWord(word))
    }
    ends[state] = end
  }
  const mark = (target: number): Mark => target | (ends[target >> endBits] as number)
  for (let at = 0; at < fromStart.length; at += 1) fromStart[at] = mark(fromStart[at] as number)
  for (let at = 2; at < edges.length; at += 4) if (edges[at] !== -1) edges[at] = mark(edges[at] as number)
  for (let at = 0; at < rows.length; at += 1) {
    const target = rows[at] as number
    if (target !== 0) rows[at] = mark(target)
    if (at % (statesAStep * columns) === 0) yield
  }
}
