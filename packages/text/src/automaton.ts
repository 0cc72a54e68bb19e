/** A word as the automaton knows it: classes 1 and up, class 0 is every character that no word has. */
export type ClassSequence = readonly number[]

/**
 * Aho-Corasick over small integers, in flat tables. State 0 is the start. Edges lie in one open-addressing hash:
 * four cells an edge (state, class, target, unused), state -1 where it is empty.
 */
export interface Automaton {
  readonly edges: Int32Array
  /** Number of cells of `edges` less 4: a mask for slots. */
  readonly mask: number
  readonly fromStart: Int32Array
  readonly fail: Int32Array
  /** By state: the nearest state on its chain of suffixes, itself included, at which a word ends; 0 for none. */
  readonly output: Int32Array
  /** By state: the first word that ends there, -1 for none; `nextWord` by word: the next one with the same classes. */
  readonly firstWord: Int32Array
  readonly nextWord: Int32Array
}

interface Trie {
  readonly parent: number[]
  readonly via: number[]
  readonly depth: number[]
  readonly firstWord: number[]
  readonly nextWord: number[]
}

/** Builds the tables for the words; their classes lie between 1 and `classes` - 1. An empty word is refused. */
export function buildAutomaton(words: readonly ClassSequence[], classes: number): Automaton {
  const trie = growTrie(words, classes)
  const states = trie.parent.length
  const automaton: Automaton = {
    ...hashEdges(trie),
    fromStart: new Int32Array(classes),
    fail: new Int32Array(states),
    output: new Int32Array(states),
    firstWord: Int32Array.from(trie.firstWord),
    nextWord: Int32Array.from(trie.nextWord),
  }
  for (let state = 1; state < states; state++) {
    if (trie.parent[state] === 0) automaton.fromStart[trie.via[state] as number] = state
  }
  linkSuffixes(automaton, trie)
  return automaton
}

/** The state after one more character. Amortised constant: each step back was paid for by a step forward. */
export function step(automaton: Automaton, from: number, cls: number): number {
  for (let state = from; state !== 0; state = automaton.fail[state] as number) {
    const target = findEdge(automaton, state, cls)
    if (target !== 0) return target
  }
  return automaton.fromStart[cls] as number
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

function growTrie(words: readonly ClassSequence[], classes: number): Trie {
  const trie: Trie = { parent: [0], via: [0], depth: [0], firstWord: [-1], nextWord: [] }
  const children = new Map<number, number>()
  for (const [index, word] of words.entries()) {
    if (word.length === 0) throw new RangeError(`word ${index} is empty`)
    let state = 0
    for (const cls of word) {
      const key = state * classes + cls
      const child = children.get(key) ?? trie.parent.length
      if (child === trie.parent.length) {
        children.set(key, child)
        addState(trie, state, cls)
      }
      state = child
    }
    trie.nextWord.push(trie.firstWord[state] as number)
    trie.firstWord[state] = index
  }
  return trie
}

function addState(trie: Trie, parent: number, cls: number): void {
  trie.parent.push(parent)
  trie.via.push(cls)
  trie.depth.push((trie.depth[parent] as number) + 1)
  trie.firstWord.push(-1)
}

function hashEdges({ parent, via }: Trie): Pick<Automaton, 'edges' | 'mask'> {
  let cells = 16
  while (cells < parent.length * 8) cells *= 2
  const edges = new Int32Array(cells).fill(-1)
  const mask = cells - 4
  for (let state = 1; state < parent.length; state++) {
    const [from, cls] = [parent[state] as number, via[state] as number]
    let slot = slotOf(from, cls) & mask
    while (edges[slot] !== -1) slot = (slot + 4) & mask
    edges.set([from, cls, state], slot)
  }
  return { edges, mask }
}

/** Shallow states first, so that a suffix is complete before a longer word leans on it. */
function linkSuffixes(automaton: Automaton, { parent, via, depth }: Trie): void {
  const order = Int32Array.from(parent.keys()).sort((a, b) => (depth[a] as number) - (depth[b] as number))
  for (const state of order) {
    if (state === 0) continue
    const up = parent[state] as number
    const suffix = up === 0 ? 0 : step(automaton, automaton.fail[up] as number, via[state] as number)
    automaton.fail[state] = suffix
    automaton.output[state] = automaton.firstWord[state] === -1 ? (automaton.output[suffix] as number) : state
  }
}
