import type { Label } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { translateCode } from '../i18n/translate-code.js'

interface Props {
  labels: readonly Label[]
  label: Label
  text: string
  pick: (label: Label) => void
  setText: (text: string) => void
}

/** The reason and the text that goes to the streamer. */
export function SheetFields({ labels, label, text, pick, setText }: Props) {
  const { t } = useTranslation()
  return (
    <div className="sheet-grid">
      <label className="f">
        <span>
          {t('sheet.reason')} <em>{t('sheet.required')}</em>
        </span>
        <select value={label} data-testid="decision-label" onChange={(event) => pick(event.target.value as Label)}>
          {labels.map((each) => (
            <option key={each} value={each}>
              {translateCode(t, 'label', each)}
            </option>
          ))}
        </select>
      </label>
      <label className="f">
        <span>
          {t('sheet.text')} <em>{t('sheet.required')}</em>
        </span>
        <textarea
          rows={3}
          maxLength={2000}
          value={text}
          data-testid="decision-text"
          onChange={(event) => setText(event.target.value)}
        />
        <small className="dim">{t('sheet.textNote')}</small>
      </label>
    </div>
  )
}
