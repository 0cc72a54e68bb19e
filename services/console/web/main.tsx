import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/queries.js'
import { App } from './app.js'
import { ErrorBoundary } from './components/error-boundary.js'
import { startI18n } from './i18n/start-i18n.js'
import { applyTheme } from './state/theme.js'

applyTheme()
await startI18n()
const place = document.querySelector('#app')
if (!place) throw new Error('the page has no #app')
createRoot(place).render(
  <StrictMode>
    <ErrorBoundary>
      <QueryClientProvider client={createQueryClient()}>
        <App />
      </QueryClientProvider>
    </ErrorBoundary>
  </StrictMode>,
)
