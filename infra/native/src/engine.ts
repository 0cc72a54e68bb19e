import type { Command } from './run-process.js'
import type { State } from './state.js'

export const engineNames = ['kafka', 's3', 'postgres', 'redis'] as const
export type EngineName = (typeof engineNames)[number]

/** What an engine is started from: its own folder, the shared cache, and the ports and secrets of the data folder. */
export interface Place {
  readonly folder: string
  readonly cache: string
  readonly state: State
  /** Tells the person who waits what takes long. */
  readonly tell: (line: string) => void
}

export interface Engine {
  readonly name: EngineName
  readonly title: string
  /** Where it listens, for people. */
  port(state: State): number
  /** Commands that must be there, each with where else than on the PATH it may lie. */
  readonly needs: readonly Need[]
  /** Makes what the first start needs; must be safe to run again after a crash in its middle. */
  prepare(place: Place): Promise<void>
  command(place: Place): Promise<Command>
  /** Throws as long as the engine does not answer in its own protocol. */
  probe(state: State): Promise<void>
  /** Folders of data that may lie outside of the data folder. */
  folders?(state: State): readonly string[]
  readonly stopSignal: 'SIGTERM' | 'SIGINT'
}

export interface Need {
  /** The first of them that is found serves. */
  readonly commands: readonly string[]
  readonly debian: string
  /** False when what it makes lies in the cache already. */
  isNeeded?(cache: string): boolean
}
