import type { CaseDetail, Role } from '@streamkeeper/contracts'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CaseView } from '../components/case-view.js'
import { DecisionSheet } from '../components/decision-sheet.js'
import { ErrorState } from '../components/error-state.js'
import { Facts } from '../components/facts.js'
import { Queue } from '../components/queue.js'
import { CaseSkeleton } from '../components/skeleton.js'
import { StatePage } from '../components/state-page.js'
import { Toast } from '../components/toast.js'
import { VerdictBar } from '../components/verdict-bar.js'
import { intentOfKey, type AnywhereIntent } from '../keys/key-intent.js'
import { useKeys } from '../keys/use-keys.js'
import type { VerdictChoice } from '../keys/verdicts.js'
import { useReviewActions } from '../state/use-review-actions.js'
import { useReview, type Review as ReviewState } from '../state/use-review.js'
import { verdictClosed, type Closed } from '../state/verdict-closed.js'

interface Props {
  me: string
  role: Role
  /** A dialog of the frame lies over the screen: keys are not for it. */
  isCovered: boolean
  /** What the keys do that work on every screen. */
  anywhere: Readonly<Record<AnywhereIntent, () => void>>
}

interface OpenCaseProps {
  me: string
  isReader: boolean
  review: ReviewState
  detail: CaseDetail
  closed: Closed | null
  actions: ReturnType<typeof useReviewActions>
  sheet: VerdictChoice | null
  closeSheet: () => void
}

/** The open case with all that belongs to it. */
function OpenCase({ me, isReader, review, detail, closed, actions, sheet, closeSheet }: OpenCaseProps) {
  const { t } = useTranslation()
  const { leases, work, decide, hits, notice } = review
  const refused = decide.isError && notice?.kind === 'message' ? t(notice.text, notice.values ?? {}) : null
  return (
    <>
      <CaseView
        detail={detail}
        hits={hits}
        revealed={review.revealed}
        reveal={review.reveal}
        clip={review.clip}
        next={actions.takeNext}
        holding={{
          me,
          isReader,
          lease: leases.lease,
          claiming: work.claim.isPending,
          claim: actions.claim,
          release: actions.release,
        }}
      />
      <Facts detail={detail} />
      <VerdictBar closed={closed} open={sheet} decide={actions.verdict} />
      {sheet && (
        <DecisionSheet
          key={sheet.key}
          detail={detail}
          choice={sheet}
          busy={decide.isPending}
          closed={
            closed && closed.why !== 'busy' ? t(`verdict.closed.${closed.why}`, { name: closed.name ?? '' }) : null
          }
          refused={refused}
          send={actions.send}
          close={closeSheet}
        />
      )}
    </>
  )
}

/** What stands where the case would be: an error, its loading, or nothing to do. */
function NoCase({ review }: { review: ReviewState }) {
  const { t } = useTranslation()
  const { list, openCase, selection } = review
  const failed = selection.openId === null ? list : openCase
  if (failed.isError) return <ErrorState error={failed.error} retry={() => void failed.refetch()} />
  if (list.isPending || selection.openId !== null) return <CaseSkeleton />
  return <StatePage icon="inbox" title={t('state.emptyTitle')} text={t('state.emptyText')} tone="calm" />
}

/** The review screen: queue, evidence, facts, verdict. */
export function Review({ me, role, isCovered, anywhere }: Props) {
  const review = useReview()
  const { list, selection, openCase, notice } = review
  const [sheet, setSheet] = useState<VerdictChoice | null>(null)
  const detail = openCase.data
  const isReader = role === 'auditor'
  const closed = verdictClosed(detail, {
    me,
    isReader,
    hasLease: review.leases.lease !== null,
    isLost: review.leases.isLost,
    busy: review.decide.isPending,
  })
  const actions = useReviewActions(review, { me, isReader, detail, closed, setSheet, anywhere })
  const closeSheet = useCallback(() => setSheet(null), [])
  useEffect(closeSheet, [closeSheet, selection.openId])
  useKeys(sheet === null && !isCovered, intentOfKey, actions.act)
  return (
    <div className={`review ${detail || (list.isPending && !list.isError) ? '' : 'is-state'}`}>
      <Queue
        tab={review.tab}
        setTab={review.setTab}
        list={list}
        me={me}
        openId={selection.openId}
        choose={selection.choose}
      />
      {detail ? (
        <OpenCase {...{ me, isReader, review, detail, closed, actions, sheet, closeSheet }} />
      ) : (
        <NoCase review={review} />
      )}
      {notice && <Toast notice={notice} undo={review.undo} close={review.closeNotice} />}
    </div>
  )
}
