import type { CaseDetail, Label } from '@streamkeeper/contracts'
import { Dialog } from 'radix-ui'
import { useRef, useState, type FormEvent, type KeyboardEvent, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../format/figure.js'
import { translateCode } from '../i18n/translate-code.js'
import type { VerdictChoice } from '../keys/verdicts.js'
import { labelChoices, reasonText, type Draft } from '../state/decide-request.js'
import { SheetFields } from './sheet-fields.js'

interface Props {
  detail: CaseDetail
  choice: VerdictChoice
  busy: boolean
  closed: string | null
  /** Why the last try was refused, in words. */
  refused: string | null
  send: (draft: Draft) => void
  close: () => void
}

/** Enter sends from everywhere but the text, where it needs Ctrl. */
function sendsForm(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return false
  if (event.target instanceof HTMLTextAreaElement) return event.ctrlKey || event.metaKey
  return event.target instanceof HTMLSelectElement
}

function useDraft({ detail, choice, send }: Props) {
  const { t } = useTranslation()
  const textOf = (label: Label) =>
    reasonText(detail, label) ?? t('quickText.other', { label: translateCode(t, 'label', label) })
  const labels = labelChoices(detail)
  const [label, setLabel] = useState<Label>(labels[0] ?? 'OTHER')
  const [text, setText] = useState(() => textOf(labels[0] ?? 'OTHER'))
  return {
    labels,
    label,
    text,
    setText,
    pick: (next: Label) => {
      setLabel(next)
      setText(textOf(next))
    },
    submit: (event: FormEvent) => {
      event.preventDefault()
      if (text.trim().length > 0) send({ choice, label, textForStreamer: text.trim() })
    },
  }
}

interface FooterProps {
  words: string
  problem: string | null
  disabled: boolean
  confirm: RefObject<HTMLButtonElement | null>
  close: () => void
}

function SheetFooter({ words, problem, disabled, confirm, close }: FooterProps) {
  const { t } = useTranslation()
  return (
    <footer>
      <span className={problem ? 'high' : 'dim'} role="status">
        {problem ?? t('sheet.note')}
      </span>
      <span className="grow" />
      <button type="button" className="btn ghost" data-testid="cancel-decision" onClick={close}>
        {t('sheet.cancel')} <kbd>Esc</kbd>
      </button>
      <button type="submit" ref={confirm} className="btn danger" data-testid="confirm-decision" disabled={disabled}>
        {words} <kbd>Enter</kbd>
      </button>
    </footer>
  )
}

/** What a heavy verdict needs before it leaves: the reason, the text for the streamer, and a second key. */
export function DecisionSheet(props: Props) {
  const { detail, choice, busy, closed, refused, close } = props
  const { t } = useTranslation()
  const confirm = useRef<HTMLButtonElement>(null)
  const draft = useDraft(props)
  const words = t(`action.${choice.action}`)
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <div className="sheet-scrim" aria-hidden="true" />
        <Dialog.Content
          className="sheet"
          data-testid="decision-sheet"
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            confirm.current?.focus()
          }}
        >
          <form onSubmit={draft.submit} onKeyDown={(event) => sendsForm(event) && draft.submit(event)}>
            <header>
              <Dialog.Title>{words}</Dialog.Title>
              <Dialog.Description>
                <b>{t('sheet.for', { name: detail.case.nickname ?? detail.case.title })}.</b>{' '}
                {t(`sheet.effect.${choice.action}`, { viewers: formatNumber(detail.case.viewers) })}
              </Dialog.Description>
            </header>
            <SheetFields {...draft} />
            <SheetFooter
              words={words}
              problem={closed ?? refused}
              disabled={busy || closed !== null || draft.text.trim() === ''}
              confirm={confirm}
              close={close}
            />
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
