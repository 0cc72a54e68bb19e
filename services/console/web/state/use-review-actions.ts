import type { CaseDetail } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { translateCode } from '../i18n/translate-code.js'
import { tabAfter } from '../components/queue.js'
import type { AnywhereIntent, KeyIntent } from '../keys/key-intent.js'
import type { VerdictChoice } from '../keys/verdicts.js'
import { labelChoices, reasonText, type Draft } from './decide-request.js'
import type { Review } from './use-review.js'
import { heldByOther, type Closed } from './verdict-closed.js'

interface Around {
  me: string
  isReader: boolean
  detail: CaseDetail | undefined
  closed: Closed | null
  setSheet: (choice: VerdictChoice | null) => void
  anywhere: Readonly<Record<AnywhereIntent, () => void>>
}

/** The draft that leaves at one key: the case's first label and its rule text. */
function useQuickDraft() {
  const { t } = useTranslation()
  return (detail: CaseDetail, choice: VerdictChoice): Draft => {
    const label = labelChoices(detail)[0] ?? 'OTHER'
    const standard = t('quickText.other', { label: translateCode(t, 'label', label) })
    const textForStreamer =
      choice.action === 'no-violation' ? t('quickText.no-violation') : (reasonText(detail, label) ?? standard)
    return { choice, label, textForStreamer }
  }
}

/** Taking a case and giving it back; an auditor does neither. */
function useWork(review: Review, { me, isReader }: Pick<Around, 'me' | 'isReader'>) {
  const { work, leases, summary } = review
  const claim = () => {
    const free = summary && ['open', 'claimed'].includes(summary.state) && !heldByOther(summary, me)
    if (free && !isReader && !leases.lease && !work.claim.isPending) work.claim.mutate(summary.caseId)
  }
  const takeNext = () => {
    if (!isReader && !work.claimNext.isPending) work.claimNext.mutate()
  }
  const release = () => {
    if (leases.lease && !work.release.isPending) work.release.mutate(leases.lease)
  }
  return { claim, takeNext, release }
}

/** What keys and buttons do on the review screen. */
export function useReviewActions(review: Review, { me, isReader, detail, closed, setSheet, anywhere }: Around) {
  const quickDraft = useQuickDraft()
  const { lease } = review.leases
  const { claim, takeNext, release } = useWork(review, { me, isReader })
  const send = (draft: Draft) => {
    if (!detail || !lease || closed) return
    review.decide.mutate({ detail, lease, draft }, { onSuccess: () => setSheet(null) })
  }
  const verdict = (choice: VerdictChoice) => {
    if (!detail || closed) return
    if (!choice.heavy) return send(quickDraft(detail, choice))
    review.decide.reset()
    setSheet(choice)
  }
  const plain: Record<Exclude<KeyIntent['do'], 'verdict'>, () => void> = {
    next: () => review.selection.step(1),
    previous: () => review.selection.step(-1),
    'hit-next': () => review.hits.show(review.hits.index + 1),
    'hit-previous': () => review.hits.show(review.hits.index - 1),
    reveal: () => review.reveal(true),
    clip: review.clip.toggle,
    undo: review.undo,
    tab: () => review.setTab(tabAfter(review.tab)),
    'take-next': takeNext,
    claim,
    release,
    ...anywhere,
  }
  const act = (intent: KeyIntent) => (intent.do === 'verdict' ? verdict(intent.choice) : plain[intent.do]())
  return { act, claim, takeNext, send, verdict, release }
}
