import { defineConfig, mergeConfig } from 'vite'
import page from '../vite.config.js'
import { serveApi } from './serve-api.js'
import { StandIn } from './stand-in.js'

/** The page before the stand-in API, in development and as built; the built one under the policy of the real server. */
export default mergeConfig(
  page,
  defineConfig({
    plugins: [
      {
        name: 'stand-in-api',
        configureServer: (server) => void server.middlewares.use(serveApi(new StandIn())),
        configurePreviewServer: (server) => void server.middlewares.use(serveApi(new StandIn())),
      },
    ],
    preview: {
      headers: {
        'content-security-policy':
          "default-src 'self'; img-src 'self' blob:; style-src 'self'; script-src 'self'; connect-src 'self'",
      },
    },
  }),
)
