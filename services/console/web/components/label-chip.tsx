import type { Label } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import type { RiskStep } from '../format/risk.js'
import { translateCode } from '../i18n/translate-code.js'

/** A label with the shape of its weight: square, diamond, triangle, dot. */
export function LabelChip({ label, step }: { label: Label; step: RiskStep }) {
  const { t } = useTranslation()
  return (
    <span className={`chip sev${step}`} title={label}>
      <i className="sev" aria-hidden="true" />
      <span>{translateCode(t, 'label', label)}</span>
    </span>
  )
}
