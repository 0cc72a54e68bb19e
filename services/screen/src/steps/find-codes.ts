import { createHash } from 'node:crypto'
import type { Versioned } from '@streamkeeper/contracts'
import { isTestCardCode, readCodes, TEST_CARD_PAYLOAD, type Code } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import type { Eyes, Hit } from '../eyes.js'
import { boxOf, findWords } from './find-words.js'

/** What the QR codes in a picture say. */
export interface CodesFound {
  /** Content of each code, hit or not. */
  readonly texts: readonly string[]
  readonly hits: readonly Hit[]
  readonly reader: Versioned
}

/** The code reader as a versioned source. */
const reader: Versioned = { name: 'qr-code', version: '1', sha256: digestOf('zxing qr-code 1') }
/** The rule that answers the test card: its digest is over the payload that it knows. */
const testCardRule: Versioned = { name: 'test-card', version: '1', sha256: digestOf(TEST_CARD_PAYLOAD) }
const testCardSeverity = 95

/** Reads the QR codes of a picture and filters what they say, an address or words, as chat is filtered. */
export async function findCodes(eyes: Pick<Eyes, 'lexicons' | 'holdFrom'>, picture: Picture): Promise<CodesFound> {
  const codes = await readCodes(picture)
  const [card] = codes.filter(({ text }) => isTestCardCode(text))
  const others = codes.filter(({ text }) => !isTestCardCode(text))
  return {
    texts: codes.map(({ text }) => text),
    hits: [...(card === undefined ? [] : [hitOfCard(card)]), ...findWords(eyes, 'code', others)],
    reader,
  }
}

function hitOfCard(card: Code): Hit {
  return {
    lane: 'code',
    label: 'TEST_CARD',
    score: 1,
    severity: testCardSeverity,
    source: testCardRule,
    evidence: { box: boxOf(card) },
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
