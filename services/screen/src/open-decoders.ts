import { createDecoderPool, type DecoderPool, type Sandbox } from '@streamkeeper/media'
import type { Config } from './config.js'

/** The decoders of this process, as many as its configuration allows. `intervalMs`: a picture each so often, in stream time. */
export function openDecoders(
  { decoders, fullDecodes }: Pick<Config, 'decoders' | 'fullDecodes'>,
  sandbox: Sandbox,
  intervalMs: number,
): DecoderPool {
  const full = fullDecodes === undefined ? {} : { maxFull: fullDecodes }
  return createDecoderPool({ sandbox, maxProcesses: decoders, intervalMs, ...full })
}
