import { dlq, type Outcome } from '@streamkeeper/pipeline'
import type { Doubts } from './doubts.js'
import type { FetchWeb } from './fetch-web.js'
import { MediaHostError } from './media-host-error.js'
import type { WebQuestion } from './read-answer.js'
import { nameOfUrl } from './read-reference.js'

export interface StreamQuestion extends WebQuestion {
  readonly streamId: string
}

/** Asks a host as far as it is trusted. Throws MediaHostError for what is worth another try. */
export function createAskInDoubt(fetchWeb: FetchWeb, doubts: Doubts): (q: StreamQuestion) => Promise<Outcome<Buffer>> {
  return async (question) => {
    const places = placesOf(question)
    const host = doubts.trust(places.host)
    const media = host === 'none' ? 'full' : doubts.trust(places.media)
    if (host === 'none' || media === 'none') return missing(question.url, 'its host failed a moment ago')
    try {
      const outcome = await fetchWeb(question)
      for (const place of [places.host, places.media]) doubts.succeeded(place)
      return outcome
    } catch (error) {
      if (!(error instanceof MediaHostError)) throw error
      if (error.about === 'media') doubts.succeeded(places.host)
      if ({ host, media }[error.about] === 'full') throw error
      doubts.failedAgain(places[error.about])
      return missing(question.url, error.message)
    }
  }
}

/** A deadline went by: the dead letter, and the doubt that is cast on the place. */
export function giveUp(
  doubts: Doubts,
  question: Pick<StreamQuestion, 'url' | 'streamId'>,
  cause: unknown,
): Outcome<never> {
  const failed = cause instanceof MediaHostError ? cause : new MediaHostError('it did not come', 'media')
  doubts.gaveUp(placesOf(question)[failed.about])
  return missing(question.url, failed.message)
}

/** A host that cannot be reached is away for all; what does not come from one that can, is a matter of its stream. */
function placesOf({ url, streamId }: Pick<StreamQuestion, 'url' | 'streamId'>): Record<'host' | 'media', string> {
  return { host: url.host, media: `${url.host} ${streamId}` }
}

function missing(url: URL, why: string): Outcome<never> {
  return dlq('MEDIA_MISSING', `data.url: ${nameOfUrl(url)}: ${why}; replay the record when its host is well`)
}
