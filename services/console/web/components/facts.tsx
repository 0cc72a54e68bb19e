import type { CaseDetail } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { CommandList } from './command-list.js'
import { DecisionList } from './decision-list.js'
import { ProvisionalSection } from './provisional-section.js'
import { StreamerSection } from './streamer-section.js'
import { WhySection } from './why-section.js'

/** What is known beside the evidence. */
export function Facts({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation()
  return (
    <aside className="facts" aria-label={t('facts.title')}>
      <ProvisionalSection commands={detail.commands} />
      <WhySection signals={detail.signals} />
      <CommandList detail={detail} />
      <DecisionList decisions={detail.decisions} />
      <StreamerSection detail={detail} />
    </aside>
  )
}
