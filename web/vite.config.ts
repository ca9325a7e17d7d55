/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** With WEARHOUSE_MOCK=1 the dev server answers the API from the study that the tests use. */
const mockNetwork = (): Plugin => ({
  name: 'mock-network',
  configureServer(server) {
    if (!process.env.WEARHOUSE_MOCK) return
    server.middlewares.use('/api/v1', async (request, response) => {
      const { answer } = await server.ssrLoadModule('/src/testing/network.ts')
      const url = `http://localhost${request.originalUrl}`
      const reply: Response = await answer(new Request(url, { method: request.method ?? 'GET' }))
      response.writeHead(reply.status, Object.fromEntries(reply.headers))
      response.end(await reply.text())
    })
  },
})

const api = process.env.WEARHOUSE_URL ?? 'http://localhost:8000'

export default defineConfig({
  plugins: [react(), mockNetwork()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { outDir: '../wearhouse/api/dashboard', emptyOutDir: true, assetsInlineLimit: 0 },
  server: { proxy: process.env.WEARHOUSE_MOCK ? {} : { '/api': api, '/openapi.json': api } },
  test: {
    environment: 'happy-dom',
    setupFiles: './src/testing/setup.ts',
    css: false,
    testTimeout: 20_000,
  },
})
