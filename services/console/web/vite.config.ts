import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The page of the console: built beside the server's code, which serves it. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // No data: addresses: the content security policy allows pictures from 'self' and blob: only.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8787' } },
})
