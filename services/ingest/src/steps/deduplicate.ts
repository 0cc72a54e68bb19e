import { dlq, drop, ok, type Outcome, type Step } from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Incoming } from '../accepted.js'
import { digestEvent, digestText } from '../digest-event.js'
import type { Deps } from '../deps.js'

/** `digest|coordinates` of the record that carried an id first. */
interface Mark {
  readonly id: string
  readonly digest: string
  readonly conflict: 'ID_CONFLICT' | 'MESSAGE_CONFLICT'
}

/** What tells that something came before: its event id, and for chat its message id. */
function marksOf({ event }: Incoming): Mark[] {
  const marks: Mark[] = [
    { id: `event\0${event.source}\0${event.id}`, digest: digestEvent(event), conflict: 'ID_CONFLICT' },
  ]
  if (event.type === 'live.chat.sent') {
    const { streamId, messageId, text } = event.data
    marks.push({ id: `message\0${streamId}\0${messageId}`, digest: digestText(text), conflict: 'MESSAGE_CONFLICT' })
  }
  return marks
}

/** Lets a re-read of the same record pass; drops a duplicate, refuses the same id with other content. */
export function createDeduplicateStep({ marks }: Pick<Deps, 'marks'>): Step<Incoming, Incoming> {
  return {
    name: 'deduplicate',
    run: async (incoming) => {
      const wanted = marksOf(incoming)
      const found = await marks.get(wanted.map((mark) => mark.id))
      for (const [index, mark] of wanted.entries()) {
        const outcome = judge(mark, found[index] ?? null, incoming)
        if (outcome !== null) return outcome
      }
      return ok(incoming)
    },
  }
}

function judge(mark: Mark, found: string | null, incoming: Incoming): Outcome<never> | null {
  if (found === null) return null
  const [digest, coordinates] = found.split('|')
  if (coordinates === incoming.id) return null
  if (digest === mark.digest) return drop('duplicate')
  const { id, source } = incoming.event
  return dlq(
    mark.conflict,
    `id: ${JSON.stringify(id)} of ${JSON.stringify(source)} came before with other content, at ${coordinates ?? '?'}`,
  )
}

/** Notes the ids after everything was published: a crash before it only means that the record is handled again. */
export function createMarkStep({ marks, keepMarksMs }: Pick<Deps, 'marks' | 'keepMarksMs'>): Step<Incoming, void> {
  return {
    name: 'mark',
    run: async (incoming) => {
      crashPoint('ingest.before-mark')
      await marks.set(
        marksOf(incoming).map(({ id, digest }) => ({ id, value: `${digest}|${incoming.id}` })),
        keepMarksMs,
      )
      crashPoint('ingest.after-mark')
      return ok()
    },
  }
}
