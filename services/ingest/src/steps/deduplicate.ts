import { dlq, drop, ok, type Outcome, type Step } from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Incoming } from '../accepted.js'
import { digestEvent, digestText } from '../digest-event.js'
import type { Deps } from '../deps.js'
import type { PendingMark, PendingMarks } from '../pending-marks.js'

/** A record that did not come before, with the marks that will tell so of the next one. */
export interface Fresh extends Incoming {
  readonly marks: readonly PendingMark[]
}

/** What `digest|coordinates` is noted under by the record that carried an id first. */
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

/**
 * Lets a re-read of the same record pass; drops a duplicate, refuses the same id with other content. What passes is pending until
 * whoever runs the step takes it out again.
 */
export function createDeduplicateStep({
  marks,
  pending,
}: Pick<Deps, 'marks'> & { readonly pending: PendingMarks }): Step<Incoming, Fresh> {
  return {
    name: 'deduplicate',
    run: async (incoming) => {
      const wanted = marksOf(incoming)
      // Before the question: what is noted while it is on its way is no longer pending when the answer comes.
      const onTheirWay = wanted.map((mark) => pending.get(mark.id))
      const found = await marks.get(wanted.map((mark) => mark.id))
      for (const [index, mark] of wanted.entries()) {
        const outcome = judge(mark, found[index] ?? onTheirWay[index] ?? null, incoming)
        if (outcome !== null) return outcome
      }
      const values = wanted.map(({ id, digest }) => ({ id, value: `${digest}|${incoming.id}` }))
      pending.add(values)
      return ok({ ...incoming, marks: values })
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
export function createMarkStep({ marks, keepMarksMs }: Pick<Deps, 'marks' | 'keepMarksMs'>): Step<Fresh, void> {
  return {
    name: 'mark',
    run: async (fresh) => {
      crashPoint('ingest.before-mark')
      await marks.set(fresh.marks, keepMarksMs)
      crashPoint('ingest.after-mark')
      return ok()
    },
  }
}
