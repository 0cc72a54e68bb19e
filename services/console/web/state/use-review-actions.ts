import type { CaseDetail } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { translateCode } from '../i18n/translate-code.js'
import type { KeyIntent } from '../keys/key-intent.js'
import type { VerdictChoice } from '../keys/verdicts.js'
import { labelChoices, reasonText, type Draft } from './decide-request.js'
import type { Review } from './use-review.js'
import { heldByOther, type Closed } from './verdict-closed.js'

interface Around {
  me: string
  detail: CaseDetail | undefined
  closed: Closed | null
  setSheet: (choice: VerdictChoice | null) => void
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

/** What keys and buttons do on the review screen. */
export function useReviewActions(review: Review, { me, detail, closed, setSheet }: Around) {
  const quickDraft = useQuickDraft()
  const { lease } = review.leases
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
  const claim = () => {
    const free = detail && ['open', 'claimed'].includes(detail.case.state) && !heldByOther(detail.case, me)
    if (free && !lease && !review.work.claim.isPending) review.work.claim.mutate(detail.case.caseId)
  }
  const act = (intent: KeyIntent) => {
    const plain: Partial<Record<KeyIntent['do'], () => void>> = {
      next: () => review.selection.step(1),
      previous: () => review.selection.step(-1),
      'hit-next': () => review.hits.show(review.hits.index + 1),
      'hit-previous': () => review.hits.show(review.hits.index - 1),
      reveal: () => review.reveal(true),
      undo: review.undo,
      claim,
    }
    if (intent.do === 'verdict') verdict(intent.choice)
    else plain[intent.do]?.()
  }
  return { act, claim, send, verdict, release: () => lease && review.work.release.mutate(lease) }
}
