import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { StatePage } from './state-page.js'

function Crashed({ error }: { error: Error }) {
  const { t } = useTranslation()
  return (
    <StatePage icon="warn" title={t('state.crash')} text={t('state.errorText')} tone="err">
      <div className="problem" role="alert">
        {error.message}
      </div>
      <button type="button" className="btn primary" onClick={() => window.location.reload()}>
        {t('state.reload')}
      </button>
    </StatePage>
  )
}

/** Shows a fault of the page instead of an empty window. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error }
  }

  override render(): ReactNode {
    return this.state.error ? <Crashed error={this.state.error} /> : this.props.children
  }
}
