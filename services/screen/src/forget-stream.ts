import type { MediaDeps } from './deps.js'

/** Nothing that was remembered of a stream holds any more: it ended, or went to another process. */
export async function forgetStream(
  {
    decoders,
    sampling,
    gate,
    textTimes,
    eyes,
  }: Pick<MediaDeps, 'decoders' | 'sampling' | 'gate' | 'textTimes' | 'eyes'>,
  streamId: string,
): Promise<void> {
  sampling.forget(streamId)
  gate.forget(streamId)
  textTimes.forget(streamId)
  eyes?.textReader?.forget(streamId)
  await decoders.end(streamId)
}
