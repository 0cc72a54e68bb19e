import type { DecideHeldView, HeldDecision, HeldKey, HeldView } from '@streamkeeper/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { ApiError } from '../api/api-error.js'
import { api, type HeldQuestion } from '../api/create-api.js'
import { keysOf, useHeldList } from '../api/queries.js'
import { nothingSelected, settle, type HeldSelection } from './held-selection.js'
import { firstPage, numberOf, startOf, turn, type HeldPages } from './held-pages.js'
import type { Notice } from './notice.js'
import { noticeOf } from './use-decide.js'

/** One page of the API: all that the screen shows at once. */
const shown = 100

export const idOf = ({ streamId, messageId }: HeldKey): string => JSON.stringify([streamId, messageId])

/** The sentence about a verdict on many: how many it counts for, and who was quicker with the others. */
function noticeOfAnswer({ results }: DecideHeldView, decision: HeldDecision): Notice {
  const done = results.filter(({ result }) => result === 'done').length
  const others = results.filter(({ result }) => result !== 'done')
  const values = { done: String(done), others: String(others.length) }
  if (others.length === 0) return { kind: 'message', text: `held.toast.${decision}`, values }
  const names = [...new Set(others.map(({ decidedBy }) => decidedBy ?? '–'))].join(', ')
  return { kind: 'message', text: 'held.toast.some', values: { ...values, names }, bad: done === 0 }
}

interface Verdict {
  readonly decision: HeldDecision
  readonly messages: readonly HeldView[]
}

/** Sends a verdict. Its messages leave the list at once, and are back when it did not arrive. */
function useHeldVerdict(notify: (notice: Notice) => void) {
  const client = useQueryClient()
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set())
  const { mutate } = useMutation({
    mutationFn: async ({ decision, messages }: Verdict) =>
      api.decideHeld({ decision, messages: messages.map(({ streamId, messageId }) => ({ streamId, messageId })) }),
    onSuccess: (answer, { decision }) => {
      client.setQueryData(keysOf.heldWaiting, answer.waiting)
      notify(noticeOfAnswer(answer, decision))
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) client.setQueryData(keysOf.session, null)
      notify(noticeOf(error))
    },
    onSettled: async (_answer, _error, { messages }) => {
      await client.invalidateQueries({ queryKey: keysOf.heldLists })
      const back = new Set(messages.map(idOf))
      setLeaving((known) => new Set([...known].filter((id) => !back.has(id))))
    },
  })
  const decide = (verdict: Verdict) => {
    // At once, not when the call goes out: the next key is for the messages that stay.
    setLeaving((known) => new Set([...known, ...verdict.messages.map(idOf)]))
    mutate(verdict)
  }
  return { leaving, decide }
}

const none: readonly HeldView[] = []

interface Place {
  readonly question: HeldQuestion
  readonly pages: HeldPages
}

/** The list that is asked for, a page at a time. Another question begins at the first page. */
function useHeldPages() {
  const [{ question, pages }, goTo] = useState<Place>({ question: { order: 'oldest', limit: shown }, pages: firstPage })
  const list = useHeldList({ ...question, after: startOf(pages) })
  const { data, isPlaceholderData } = list
  // Everything on this page was decided, and nothing stands behind it.
  if (pages.length > 0 && !isPlaceholderData && data?.messages.length === 0)
    goTo({ question, pages: turn(pages, -1, null) })
  const setQuestion = useCallback((next: HeldQuestion) => goTo({ question: next, pages: firstPage }), [])
  // What is shown may still be the page before: its end is no place to go on from.
  const next = isPlaceholderData ? null : (data?.next ?? null)
  const turnPage = (by: 1 | -1) => goTo({ question, pages: turn(pages, by, next) })
  return { question, setQuestion, list, page: numberOf(pages), hasNext: next !== null, turnPage }
}

/** Everything that the screen of held messages keeps: what is asked for, what is selected, and what was just decided. */
export function useHeld() {
  const { list, ...pages } = useHeldPages()
  const [notice, setNotice] = useState<Notice | null>(null)
  const { leaving, decide } = useHeldVerdict(setNotice)
  const messages = list.data?.messages ?? none
  const rows = useMemo(() => messages.filter((row) => !leaving.has(idOf(row))), [messages, leaving])
  const ids = useMemo(() => rows.map(idOf), [rows])
  const [kept, keep] = useState<{ ids: readonly string[]; selection: HeldSelection }>({
    ids: [],
    selection: nothingSelected,
  })
  const selection = kept.ids === ids ? kept.selection : settle(ids, kept.selection, kept.ids)
  // While it is drawn: nobody sees a selection of messages that left the list.
  if (kept.ids !== ids) keep({ ids, selection })
  const select = useCallback((next: HeldSelection) => keep({ ids, selection: next }), [ids])
  const closeNotice = useCallback(() => setNotice(null), [])
  return { ...pages, list, rows, ids, selection, select, decide, notice, closeNotice }
}

export type Held = ReturnType<typeof useHeld>
