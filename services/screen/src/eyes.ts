import type { SignalRaised } from '@streamkeeper/contracts'
import type { TextReader } from '@streamkeeper/inference'
import type { Lexicons } from './lexicons.js'
import type { Models } from './models.js'
import type { PictureBanks } from './picture-banks.js'
import type { Turns } from '@streamkeeper/runtime'

/** What looks at pictures. */
export interface Eyes {
  readonly models: Models
  /** Pictures wait here for each other before they go to the models, so that none has to refuse one. */
  readonly turns: Turns
  readonly banks: PictureBanks
  /** Null where text is not read. */
  readonly textReader: TextReader | null
  readonly lexicons: Pick<Lexicons, 'current'>
  /** From which severity on a word in the picture is a hit. */
  readonly holdFrom: number
}

/** What one of them found, before it is known on which picture. */
export type Hit = Pick<SignalRaised, 'lane' | 'label' | 'score' | 'severity' | 'source' | 'evidence'> & {
  readonly shadow?: boolean
}
