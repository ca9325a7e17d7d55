import './components/theme/mantine'
import './components/theme/colours.css'
import './components/theme/layout.css'
import './components/theme/page.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queriesFor } from './api/queries'
import { theme } from './components/theme/theme'
import { sessionQuery } from './features/session/queries'
import { routerFor } from './pages/routes'

const queries = queriesFor((cache) => cache.setQueryData(sessionQuery.queryKey, null))
const root = document.getElementById('root')
if (!root) throw new Error('The page has no place called root.')

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={routerFor(queries)} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
