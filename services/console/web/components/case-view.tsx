import type { CaseDetail } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import type { Hits } from '../state/use-hits.js'
import { CaseHead, type Holding } from './case-head.js'
import { HitsStrip } from './hits-strip.js'
import { MatchedText } from './matched-text.js'
import { Outcome } from './outcome.js'
import { Player } from './player.js'
import { Timeline } from './timeline.js'

interface Props {
  detail: CaseDetail
  hits: Hits
  holding: Holding
  revealed: boolean
  reveal: (on: boolean) => void
  clip: { isPlaying: boolean; toggle: () => void }
  next: () => void
}

/** The evidence of one case. */
export function CaseView({ detail, hits, holding, revealed, reveal, clip, next }: Props) {
  const { t } = useTranslation()
  const { caseId } = detail.case
  return (
    <section className="case" aria-label={t('case.label')} data-testid="case" data-case-id={caseId}>
      <CaseHead detail={detail} holding={holding} />
      <Outcome detail={detail} next={next} />
      <div className="case-body">
        <div className="evid">
          <Player
            caseId={caseId}
            hits={hits}
            revealed={revealed}
            reveal={reveal}
            isPlaying={clip.isPlaying}
            play={clip.toggle}
          />
          <MatchedText signals={detail.signals} startedAt={detail.stream.startedAt} />
        </div>
        <Timeline detail={detail} current={hits.current} />
        <HitsStrip caseId={caseId} total={detail.case.hits} hits={hits} />
      </div>
    </section>
  )
}
