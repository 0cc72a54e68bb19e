import { useTranslation } from 'react-i18next'

const lines = ['w92', 'w76', 'w84', 'w60', 'w48']

function Lines() {
  return (
    <div className="sk-lines">
      {lines.map((width) => (
        <i key={width} className={`sk line-sk ${width}`} />
      ))}
    </div>
  )
}

/** The case while it loads: the places of what will come, so that nothing jumps. */
export function CaseSkeleton() {
  const { t } = useTranslation()
  return (
    <>
      <section className="case" aria-busy="true">
        <span className="sr" role="status">
          {t('state.loading')}
        </span>
        <header className="case-head">
          <i className="sk line-sk w48" />
        </header>
        <div className="case-body">
          <div className="evid">
            <i className="sk sk-picture" />
            <Lines />
          </div>
          <Lines />
        </div>
      </section>
      <aside className="facts" aria-busy="true">
        <section>
          <Lines />
        </section>
        <section>
          <Lines />
        </section>
      </aside>
      <div className="verdict" />
    </>
  )
}
